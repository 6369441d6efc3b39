"""Build the wheel with Hatchling, and compile the core with mypyc if possible.

With a C compiler and Python's headers, the wheel contains the core compiled from the same `.py`
files. Without them, the wheel is pure Python, and the build prints one line, which pip shows only
with `-v`. A failed compilation is an error, because pip would hide a warning.

`KASHIA_MONEY_COMPILE=1` makes a pure wheel an error. `KASHIA_MONEY_COMPILE=0` builds a pure wheel
without compiling. An editable install is always pure, so that each edit takes effect.
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

from hatchling.build import *  # noqa: F403  # the hooks of PEP 517 and PEP 660
from hatchling.build import get_requires_for_build_wheel as _requires
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

PACKAGE = "kashia_money"
# The folder of the compiled files. Exceptions cannot be native classes, so `errors` is not in it.
CORE = "_core"
# Compilation makes these files no faster. A compiled `explanation` would import decimal with the
# package, to read the type of a field. `pure` is for pure builds.
NOT_COMPILED = ("__init__", "explanation", "pure")
COMPILERS = ["mypy>=1.18", "setuptools>=77"]

_COMPILE = """
import sys
from mypyc.build import mypycify
from setuptools import Distribution
from setuptools.command.build_ext import build_ext

# The core's imports for types lead to modules that import third parties. Those may be missing.
flags = ["--follow-imports=silent", "--ignore-missing-imports"]
modules = mypycify([*flags, *sys.argv[2:]], opt_level="3", group_name=sys.argv[1])
command = build_ext(Distribution({"name": sys.argv[1], "ext_modules": modules}))
command.inplace = True
command.ensure_finalized()
command.run()
"""


def _compile_setting() -> bool | None:
    """Return the setting of the environment; None means to compile if possible."""
    return {"1": True, "0": False}.get(os.environ.get("KASHIA_MONEY_COMPILE", ""))


def _missing_requirement() -> str:
    """Return the missing requirement of a compilation, or "" if nothing is missing."""
    compiler = (os.environ.get("CC") or sysconfig.get_config_var("CC") or "cl").split()[0]
    if shutil.which(compiler) is None:
        return f"a C compiler ({compiler})"
    if not Path(sysconfig.get_path("include"), "Python.h").exists():
        return "Python's headers"
    return ""


def get_requires_for_build_wheel(config_settings: dict[str, Any] | None = None) -> list[str]:
    """Return the requirements of the build, with mypyc only if the build compiles.

    mypyc is a large download, which a pure install does not need.
    """
    setting = _compile_setting()
    compiles = setting or (setting is None and not _missing_requirement())
    compilers = COMPILERS if compiles else []
    return [*_requires(config_settings), *compilers]


class CompileHook(BuildHookInterface[Any]):
    """Compile the core into the wheel."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add the compiled modules to the wheel, or name the missing requirement in one line."""
        setting = _compile_setting()
        if version == "editable" or self.target_name != "wheel" or setting is False:
            return
        missing = _missing_requirement()
        if missing and setting:
            raise RuntimeError(f"{PACKAGE}: KASHIA_MONEY_COMPILE=1, but {missing} not found")
        if missing:
            self.app.display_warning(f"{PACKAGE}: {missing} not found: this wheel is pure Python")
        else:
            self._compile(build_data)

    def _compile(self, build_data: dict[str, Any]) -> None:
        """Compile the core in a copy of the package, and add the compiled modules to the wheel."""
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
        process = subprocess.run(
            command, cwd=self._copy, capture_output=True, check=False, text=True
        )
        if process.returncode != 0:
            shutil.rmtree(self._copy)
            output = f"{process.stdout}{process.stderr}".strip()
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
