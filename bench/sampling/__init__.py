"""Draws against a bare permutation and a running sum of the same frame."""
