"""Estimates from counts: respondents alike in design and groups are counted, not added up.

A snapshot is sorted by design and groups, so those who share PSU, weight and all
groups lie in a run. How many of a run gave which answer is a whole number; weights
are multiplied in once for each run. What needs the answers of several questions at
once (design effects of indices) is summed as products, once for each group.
"""
