"""A payment-link service and its pricing page: an example of kashia_money."""
