"""Pictures of figures as SVG made on the server: the same for pages, reports and print.

Each picture names itself for those who cannot see it (title and desc), needs no colour to be read
(shapes, hatches and written values say the same), and uses no style sheet and no script: colours
are presentation attributes, so that a picture taken out of its page is still whole.
"""
