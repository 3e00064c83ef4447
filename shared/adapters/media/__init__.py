"""What a recording's bytes say: index and poster, read by ranges, parsed in a confined child process.

Start at inspector.py (the parent's side). child.py is the other side; examine.py is what runs there.
"""
