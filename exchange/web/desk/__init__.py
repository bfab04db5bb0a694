"""An officer's own pages: what waits for them, what people wrote to them, their account, the way in and out."""
