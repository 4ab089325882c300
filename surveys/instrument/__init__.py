"""Questionnaires as data: model, loading, routing and the one rule for answers."""
