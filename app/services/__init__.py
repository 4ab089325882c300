"""Use cases: a session in, an outcome out; nothing here commits or knows the web."""
