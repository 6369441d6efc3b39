"""The computations: amounts, rules, schedules and quotes, in integers.

An installation compiles these files if a C compiler is available. They need only the standard
library.
"""
