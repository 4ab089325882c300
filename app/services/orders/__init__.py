"""Orders for one-time codes: asked by one person, decided by another, done by the worker."""
