"""The engines, all held to one contract: Tantivy, Whoosh, a search server, and the obvious one in memory."""
