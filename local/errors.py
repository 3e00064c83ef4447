"""What a person at the laptop can put right, said in one line that names it."""


class StackError(Exception):
    """The local stack cannot start, or is not there. The message is the whole story; no traceback is needed."""
