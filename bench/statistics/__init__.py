"""The statistics against a bare group-by of the same columns, and against other programs."""
