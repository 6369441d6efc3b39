"""Money as people read and write it, and explanations in words.

These files import py-moneyed and Babel where they use them, each other, `_core` and `errors`.
"""
