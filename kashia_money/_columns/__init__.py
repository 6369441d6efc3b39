"""The same figures for many rows: by NumPy for columns in memory, by the engine for the rest.

These files import NumPy, Narwhals, each other, `_core` and `errors`.
"""
