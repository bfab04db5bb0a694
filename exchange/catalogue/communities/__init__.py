"""Who acts: communities, what is known of their places, whom they are like, what they seek and stand by."""
