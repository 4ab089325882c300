"""Cases of a sample in fieldwork: made from a draw, worked on, replaced, counted."""
