"""What goes over the wire, and how it is signed: bytes in, facts out. Nothing here asks the database."""
