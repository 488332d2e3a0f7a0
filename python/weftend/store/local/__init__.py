"""The durable local store: what was recorded on this machine, kept as long as its contract says."""
