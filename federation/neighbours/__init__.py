"""How one lives with other instances: following, letting in, blocking, parting, moving house."""
