"""What the answers support: design-based statistics of satisfaction surveys.

Knows nothing of the web, of the database or of questionnaires. Three steps:
*reduce* microdata once to weighted totals per PSU and domain, do *algebra* on
those totals, *finish* with one variance and one interval::

    >>> from analysis.design import Design
    >>> from analysis.estimate import proportion
    >>> design = Design.from_columns([1, 1, 1, 2, 2, 2], [1, 2, 3, 1, 2, 3], [9, 9, 9, 4, 4, 4])
    >>> estimate = proportion([1, 0, 1, 1, 0, 1], design)
    >>> f"{estimate.value:.3f} from {estimate.interval.low:.3f} to {estimate.interval.high:.3f}"
    '0.667 from 0.079 to 0.979'

A whole analysis is a file, see ``docs/analysis-plan.md``::

    python -m analysis run plan.toml
"""
