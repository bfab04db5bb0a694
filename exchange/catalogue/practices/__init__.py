"""A practice's life: drafted, published, revised, translated, withdrawn; where it comes from and how well it is known."""
