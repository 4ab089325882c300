"""The sections of a plan, one frozen class each; every key is declared once."""
