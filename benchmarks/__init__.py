"""Speed of the library, compared with other ways to compute the same figures.

Each module is a command: `python -m benchmarks.scalar` in a checkout. `timing` is shared.
"""
