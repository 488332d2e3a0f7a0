"""Part of WeftEnd."""
