"""What azd runs around its own steps, and the first run: `python -m infra.hooks.<name>`, standard library alone.

Each looks before it does, changes nothing that is right, and ends with exit code 1 and one line that names what to do.
"""
