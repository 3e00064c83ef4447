"""The parts of tools/replay.py: dead letters, the webhook they go back to, and questions that were given up."""
