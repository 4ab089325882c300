"""The replication bundle: a publication worked out again by anybody, in Python and in R."""
