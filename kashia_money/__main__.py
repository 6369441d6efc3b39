"""Run the command `kashia-money` for `python -m kashia_money`."""

import sys

from .cli import main

sys.exit(main())
