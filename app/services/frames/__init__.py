"""Gather a sampling frame from many files, account for every row, and freeze it."""
