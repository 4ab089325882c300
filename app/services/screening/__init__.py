"""Looking for answers worth a second look, and keeping what people decide about them."""
