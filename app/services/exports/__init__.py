"""Files of published figures: what stands in them is decided elsewhere, how it is written here."""
