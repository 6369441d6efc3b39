"""Money as text in a locale, and the explanation of a quote in sentences."""
