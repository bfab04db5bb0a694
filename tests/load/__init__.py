"""How fast it is on this machine: measured on real processes that speak real HTTP."""
