"""The record store on Cosmos DB: what is asked (queries.py), how it is asked (asking.py), and the port (records.py)."""
