"""Weights of a round, step by step: cases, control totals, recipes, sets, final weights."""
