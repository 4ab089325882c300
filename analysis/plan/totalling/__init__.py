"""Plans worked out from totals of columns, some rows of the files at a time."""
