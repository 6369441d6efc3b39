"""`python -m kashia_money` is the command `kashia-money`."""

import sys

from .cli import main

sys.exit(main())
