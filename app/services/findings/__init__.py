"""What a publication says beyond its figures: worked out, frozen, verified."""
