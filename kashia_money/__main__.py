"""`python -m kashia_money` is the command `kashia-money`. Floor 6: imports `cli` alone."""

import sys

from .cli import main

sys.exit(main())
