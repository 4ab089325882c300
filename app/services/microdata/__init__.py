"""Weighted answers for analysts: one coded table, its variables, and the files made of it."""
