"""Indices as trees of components, described by data and evaluated by algebra."""
