"""What other systems call; docs/codes.md."""
