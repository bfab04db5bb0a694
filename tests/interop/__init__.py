"""Other software at the other end: live, and in the shape of its documents."""
