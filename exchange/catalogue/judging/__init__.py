"""What others think of it: reviews and answers, counted and counted again, and voices that are lent."""
