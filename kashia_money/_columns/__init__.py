"""Compute the figures of many rows: by NumPy for columns in memory, by the engine for others."""
