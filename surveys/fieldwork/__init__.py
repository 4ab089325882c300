"""Fieldwork: what became of each case, which outcome may follow which, and outcome rates."""
