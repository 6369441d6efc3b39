"""The platform's documents: read a request into a quote, check a response, add up quotes."""
