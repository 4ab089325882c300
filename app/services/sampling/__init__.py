"""Designing a sample: from an official's choices to a plan that a draw can be made by."""
