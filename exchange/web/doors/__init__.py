"""What other software gets instead of pages: ActivityPub documents and inboxes, feeds, linked data."""
