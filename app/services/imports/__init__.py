"""Import a round of sampled answers from a file: all of it or nothing, and never twice."""
