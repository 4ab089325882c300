"""From sealed answers that wait to answers that nobody can trace: keys, batches, the mixer.

docs/privacy.md says what this keeps from whom; docs/adr/0017-mixing.md why it is made this way.
"""
