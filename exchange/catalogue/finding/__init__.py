"""How practices are found: a question and its page of answers, what is kept of it, and what is new since."""
