"""Speed, compared with other ways to compute the same figures. Each module is a command."""
