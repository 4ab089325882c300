"""Draws of samples: announced before the seed exists, drawn before witnesses, never done again."""
