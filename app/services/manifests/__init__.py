"""Signed manifests: what a file that was handed out rests on, and whether it is still as issued."""
