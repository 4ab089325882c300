"""Ways of drawing: probabilities, and which units chance picks, for all groups at once."""
