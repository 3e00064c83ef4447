"""The parts of tools/witness.py."""
