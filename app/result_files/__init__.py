"""Files of published figures: the rows of the page, arranged as a workbook or one flat table."""
