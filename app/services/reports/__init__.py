"""Reports as files: what a report consists of, how it is written, and the orders for it."""
