"""LRCLIB: lyrics, plain and synced, run by a community."""
