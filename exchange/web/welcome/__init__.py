"""What somebody sees first: home, help, what the exchange is, how it grew, whom this instance exchanges with."""
