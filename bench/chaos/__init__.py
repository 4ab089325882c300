"""What citizens were told is kept is kept: under kills, a full disk and reloads."""
