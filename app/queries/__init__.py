"""Reads across tables, returned as frozen dataclasses."""
