"""What the answers support: design-based statistics of satisfaction surveys.

Knows nothing of the web, of the database or of questionnaires. Three steps:
*reduce* microdata once to weighted totals per PSU and domain, do *algebra* on
those totals, *finish* with one variance and one interval::

    from analysis.design import Design
    from analysis.estimate import proportion

    design = Design.from_columns(stratum, psu, weight)
    proportion(is_satisfied, design).interval
"""
