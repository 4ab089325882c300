"""Instruments that come with the product, one folder each.

Opened through :mod:`surveys.instrument.catalogue`.
"""
