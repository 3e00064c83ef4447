"""Paper: a transcript becomes a PDF in a child process of its own (decision 0011)."""
