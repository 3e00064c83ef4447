"""Recordings as they come, and as somebody might send them: each made here, each with what must come of it.

shape.py says what a row is, ingredients.py what it is made from; the rows are in good, odd, broken and hostile.
`python -m tests.media.corpus` runs them all and prints a table.
"""
