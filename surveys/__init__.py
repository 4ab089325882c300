"""What is asked, and of whom: instruments, sampling and fieldwork, without web or database."""
