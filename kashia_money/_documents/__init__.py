"""The platform's documents: requests read into quotes, and answers checked against quotes.

These files import each other, `_core` and `errors`.
"""
