"""Which criteria go with satisfaction as a whole: associations, never causes."""
