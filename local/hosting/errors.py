"""The one way the Functions host stand-in says that it cannot start."""


class HostError(Exception):
    """One clear block for the person at the keyboard; the host prints it and exits 1."""
