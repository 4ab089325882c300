"""The demo province: everything in it is simulated from a fixed seed, and labelled so."""
