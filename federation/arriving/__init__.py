"""What arrives: taken in at the door, judged in peace, read up on where something was missed."""
