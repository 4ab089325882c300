"""Published figures arranged as pages: the same for everyone, for the office and for a unit."""
