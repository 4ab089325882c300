"""An analysis as data: a TOML file that says what is to be estimated from which rows.

``python -m analysis run PLAN.toml`` reads the plan, the file with the rows, and
writes the figures; ``docs/analysis-plan.md`` describes every key.
"""
