"""The OData 4.0 feed: what is shown (sets.py), what is asked (options.py), what that asks of the store (compiling.py).

    text -> lexer.py -> parser.py, checking.py -> syntax.py -> compiling.py -> a query's clause and its parameters

O1  Whatever a caller sends is bounded before it is understood, and understood before anything is asked of the store.
O2  What is no OData is Malformed, with the place and what was expected there; OData that we do not do is Unsupported.
O3  Not a character of what a caller sends reaches a query's text (compiling.py).
"""
