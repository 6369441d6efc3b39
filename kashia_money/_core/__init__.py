"""The arithmetic: amounts, rules, schedules and quotes, in integers and without third parties.

These files are compiled where a C compiler is at hand. They import the standard library, each other
and `errors`.
"""
