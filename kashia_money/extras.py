"""The error of a module whose third party is not installed: it says which extra to install."""

from __future__ import annotations

from importlib.util import find_spec


def require(extra: str, *packages: str) -> None:
    """Raise the error of a missing package before its import does.

    Raises:
        ImportError: one of the packages is not installed.

    >>> require("arrays", "no_such_package")
    Traceback (most recent call last):
    ImportError: no_such_package is not installed: pip install 'kashia_money[arrays]'
    """
    for package in packages:
        if find_spec(package) is None:
            raise ImportError(f"{package} is not installed: pip install 'kashia_money[{extra}]'", name=package)
