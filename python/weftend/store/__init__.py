"""Homes on disk: where a ledger and its conduit stores are, how they are locked, read and replaced."""
