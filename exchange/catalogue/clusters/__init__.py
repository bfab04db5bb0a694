"""What clusters do: take members in, put practices together, consult, call to a campaign."""
