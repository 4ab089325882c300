"""What reports say: sentences and tables made from published rows by rules, never by hand.

Nothing is estimated here. A sentence that compares says higher, lower, or that it cannot be told,
as the published intervals decide; where something is suppressed or missing it says so.
"""
