"""How fast the library is beside other ways to do the same work; each module is a command, run from the checkout."""
