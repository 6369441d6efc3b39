"""Print the lower bound of every dependency as a constraint.

The tests then run on the oldest versions that pyproject.toml allows.
"""

import re
import tomllib
from pathlib import Path

project = tomllib.loads(Path("pyproject.toml").read_text("utf-8"))["project"]
extras = project["optional-dependencies"]
for requirement in [*project["dependencies"], *extras["test"]]:
    name, version = re.fullmatch(r"([\w.-]+)(?:\[.*\])?>=([\w.]+)", requirement).groups()
    print(f"{name}=={version}")
