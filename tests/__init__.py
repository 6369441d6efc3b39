"""The tests: properties against an oracle, published figures, and the documents' own examples."""
