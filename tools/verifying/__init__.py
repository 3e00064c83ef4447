"""What tools/verify.py checks, a file for each kind of thing; nothing of ours but the ledger's three is in it."""
