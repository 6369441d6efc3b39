"""Hatchling, and mypyc for the core where it can be had.

A wheel built where there are a C compiler and Python's headers carries the core compiled from the
very same `.py` files. Without them it is pure Python, and one line says so, which pip shows with
`-v` only. A compilation that fails is an error: a warning would stay hidden.
`KASHIA_MONEY_COMPILE=1` makes the pure wheel an error, too, and `KASHIA_MONEY_COMPILE=0` builds it
without trying. An editable install is always pure, so that an edit takes effect.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from hatchling.build import *  # noqa: F403  # the hooks of PEP 517 and PEP 660, but for the one below
from hatchling.build import get_requires_for_build_wheel as _requires
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

PACKAGE = "kashia_money"
CORE = "_core"  # the folder whose files are compiled, except those that would be no faster:
# `explanation` would import decimal with the package to read a field's type, and `pure` is for
# builds that are not compiled. Exceptions cannot be native, so `errors` is not in the folder.
NOT_COMPILED = ("__init__", "explanation", "pure")
COMPILERS = ["mypy>=1.18", "setuptools>=77"]

_COMPILE = """
import sys
from mypyc.build import mypycify
from setuptools import Distribution
from setuptools.command.build_ext import build_ext

# The core's type-only imports lead to modules that import third parties, which need not be installed yet.
flags = ["--follow-imports=silent", "--ignore-missing-imports"]
modules = mypycify([*flags, *sys.argv[2:]], opt_level="3", group_name=sys.argv[1])
command = build_ext(Distribution({"name": sys.argv[1], "ext_modules": modules}))
command.inplace = True
command.ensure_finalized()
command.run()
"""


def _wanted() -> bool | None:
    """What the environment asks for: True, False, or None for whatever is possible."""
    return {"1": True, "0": False}.get(os.environ.get("KASHIA_MONEY_COMPILE", ""))


def _missing() -> str:
    """Name the missing requirement of a compilation, or nothing."""
    compiler = (os.environ.get("CC") or sysconfig.get_config_var("CC") or "cl").split()[0]
    if shutil.which(compiler) is None:
        return f"a C compiler ({compiler})"
    if not Path(sysconfig.get_path("include"), "Python.h").exists():
        return "Python's headers"
    return ""


def get_requires_for_build_wheel(config_settings: dict[str, Any] | None = None) -> list[str]:
    """Ask for mypyc only where it will be used: it is much to download for an editable or a pure install."""
    compiles = _wanted() or (_wanted() is None and not _missing())
    return [*_requires(config_settings), *(COMPILERS if compiles else [])]


class CompileHook(BuildHookInterface[Any]):
    """Compile the core into a wheel that is being built."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add the compiled modules to the wheel, or say in one line what is missing for them."""
        if version == "editable" or self.target_name != "wheel" or _wanted() is False:
            return
        missing = _missing()
        if missing and _wanted():
            raise RuntimeError(f"{PACKAGE}: KASHIA_MONEY_COMPILE=1, but {missing} not found")
        if missing:
            self.app.display_warning(f"{PACKAGE}: {missing} not found: this wheel is pure Python")
        else:
            self._compile(build_data)

    def _compile(self, build_data: dict[str, Any]) -> None:
        """Compile a copy of the package."""
        self._copy = Path(mkdtemp())
        shutil.copytree(
            Path(self.root, PACKAGE),
            self._copy / PACKAGE,
            ignore=shutil.ignore_patterns("*.so", "*.pyd"),
        )
        paths = sorted(
            str(path.relative_to(self._copy))
            for path in self._copy.glob(f"{PACKAGE}/{CORE}/*.py")
            if path.stem not in NOT_COMPILED
        )
        command = [sys.executable, "-c", _COMPILE, f"{PACKAGE}.core", *paths]
        done = subprocess.run(command, cwd=self._copy, capture_output=True, check=False, text=True)
        if done.returncode != 0:
            shutil.rmtree(self._copy)
            output = f"{done.stdout}{done.stderr}".strip()
            remedy = (
                "set KASHIA_MONEY_COMPILE=0 to install it in pure Python, which computes the same"
            )
            raise RuntimeError(f"{output}\n{PACKAGE}: the core did not compile; {remedy}")
        suffix = sysconfig.get_config_var("EXT_SUFFIX")
        for module in self._copy.rglob(f"*{suffix}"):
            if "build" not in module.relative_to(self._copy).parts:
                build_data["force_include"][str(module)] = str(module.relative_to(self._copy))
        build_data["pure_python"] = False
        build_data["infer_tag"] = True

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:  # noqa: ARG002
        """Remove the copy."""
        if hasattr(self, "_copy"):
            shutil.rmtree(self._copy)
