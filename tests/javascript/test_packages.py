"""Generated modules in the tools of JavaScript projects, which npm installs for these tests."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

import pytest

from kashia_money import PUBLISHED, FeeRule, FeeSchedule, Tier
from kashia_money.javascript import TYPES, npm_package, to_javascript
from tests.javascript.engines import Node
from tests.javascript.test_quotes import GROUPS, MODULE, compare_with_rows
from tests.javascript.test_sizes import on_page, size

if TYPE_CHECKING:
    from pathlib import Path

USE = """\
import { breakpoints, currency, digits, fingerprint } from "FROM";
import { format, parse, quote, quoteWithin } from "FROM";
import type { Basis, Options, Quote } from "FROM";

const options: Options = { merchantFeePercentage: "2.5", merchantFeeCap: 5_000n };
const fees: Quote = quote(parse("1500"), options);
const basis: Basis = fees.platformFeeBasis;
const shown: string = format(fees.totalAmount) + currency + fingerprint + basis;
const until: bigint | null = breakpoints.minimumUntil;
export const results = [shown, until, digits + 1, quoteWithin(5_000n).amount, JSON.stringify(fees)];
quote(5, { merchantFeePercentage: 2.5 });
// @ts-expect-error text is not an amount
quote("5");
// @ts-expect-error an unknown option
quote(5n, { merchantFeeCaps: 5n });
// @ts-expect-error figures are BigInts
const total: number = fees.totalAmount;
// @ts-expect-error a quote does not change
fees.totalAmount = 5n;
"""


def run(tools: Path, name: str, *arguments: str, folder: Path) -> str:
    command = [str(tools / "node_modules" / ".bin" / name), *arguments]
    done = subprocess.run(command, cwd=folder, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def check_types(tools: Path, project: Path, *modules: str) -> None:
    options = ("--strict", "--noEmit", "--target", "es2020", *modules)
    run(tools, "tsc", *options, "use.ts", folder=project)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project that has the npm package installed."""
    package = npm_package(PUBLISHED["NGN"])
    installed = tmp_path / "node_modules" / json.loads(package["package.json"])["name"]
    installed.mkdir(parents=True)
    for name, text in package.items():
        (installed / name).write_text(text, "utf-8")
    (tmp_path / "package.json").write_text('{"type": "module"}', "utf-8")
    (tmp_path / "use.ts").write_text(USE.replace("FROM", installed.name), "utf-8")
    return tmp_path


@pytest.mark.parametrize(
    "modules",
    [
        ("--module", "nodenext", "--moduleResolution", "nodenext"),
        ("--module", "esnext", "--moduleResolution", "bundler"),
    ],
)
def test_types_of_the_package(tools: Path, project: Path, modules: tuple[str, ...]) -> None:
    check_types(tools, project, *modules)


def test_types_beside_a_single_file(tools: Path, project: Path) -> None:
    (project / "fees.mjs").write_text(MODULE, "utf-8")
    (project / "fees.d.mts").write_text(TYPES, "utf-8")
    (project / "use.ts").write_text(USE.replace("FROM", "./fees.mjs"), "utf-8")

    modules = ("--module", "nodenext", "--moduleResolution", "nodenext")
    check_types(tools, project, *modules)


def test_example_of_the_package_runs(node: Node, project: Path) -> None:
    (package,) = (project / "node_modules").iterdir()
    example = (package / "README.md").read_text("utf-8").split("```")[1].removeprefix("js\n")
    file = project / "example.mjs"
    file.write_text(f"{example}\nexport const total = format(fees.totalAmount);\n", "utf-8")

    done = subprocess.run(["node", str(file)], check=True, capture_output=True, encoding="utf-8")

    assert done.stdout.startswith('₦1,637.50 {"amount":"150000","currency":"NGN",')


def test_publint_finds_nothing(tools: Path, project: Path) -> None:
    (package,) = (project / "node_modules").iterdir()
    run(tools, "publint", "--strict", "--pack", "npm", str(package), folder=project)


def test_types_are_not_wrong(tools: Path, project: Path) -> None:
    (package,) = (project / "node_modules").iterdir()
    run(tools, "attw", "--pack", str(package), "--profile", "esm-only", folder=project)


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    """The module of each group of the conformance rows, by its number."""
    folder = tmp_path / "sources"
    folder.mkdir()
    for number, group in enumerate(GROUPS):
        (folder / f"{number}.mjs").write_text(to_javascript(group.schedule), "utf-8")
    return folder


def compare_all(node: Node, folder: Path) -> None:
    rows = 0
    for number, group in enumerate(GROUPS):
        source = (folder / f"{number}.mjs").read_text("utf-8")
        rows += compare_with_rows(node, source, group)
    assert rows > 5_000


def test_rows_through_babel(node: Node, tools: Path, sources: Path) -> None:
    preset = [
        str(tools / "node_modules/@babel/preset-env"),
        {"targets": "chrome 67", "modules": False},
    ]
    config = sources.with_name("babel.json")
    config.write_text(json.dumps({"presets": [preset]}), "utf-8")
    out = sources.with_name("out")
    options = ("--out-dir", str(out), "--out-file-extension", ".mjs", "--config-file", str(config))

    run(tools, "babel", str(sources), *options, folder=tools)

    compare_all(node, out)


def test_rows_through_esbuild(node: Node, tools: Path, sources: Path) -> None:
    out = sources.with_name("out")
    files = [str(file) for file in sources.iterdir()]
    options = ("--minify", "--format=esm", f"--outdir={out}", "--out-extension:.js=.mjs")

    run(tools, "esbuild", *files, *options, folder=sources)

    compare_all(node, out)


def test_bundle_has_only_the_imported_functions(tools: Path, tmp_path: Path) -> None:
    (tmp_path / "fees.mjs").write_text(MODULE, "utf-8")
    use = 'import { quote } from "./fees.mjs"; globalThis.quote = quote;'
    (tmp_path / "use.mjs").write_text(use, "utf-8")

    bundle = run(
        tools, "esbuild", "use.mjs", "--bundle", "--minify", "--format=esm", folder=tmp_path
    )

    assert "write it like" not in bundle
    assert size(bundle) <= 860
    assert on_page(size(bundle))


def test_page_has_the_size_of_the_minified_module(tools: Path, tmp_path: Path) -> None:
    (tmp_path / "fees.mjs").write_text(MODULE, "utf-8")
    minified = run(tools, "esbuild", "fees.mjs", "--minify", "--format=esm", folder=tmp_path)

    assert size(minified) <= 1_360
    assert on_page(size(minified))


def test_bundle_leaves_out_tiers(tools: Path, tmp_path: Path) -> None:
    platform = FeeRule.graduated([Tier(0, 1), Tier(54321, 2)])
    (tmp_path / "fees.mjs").write_text(to_javascript(FeeSchedule("NGN", platform)), "utf-8")
    (tmp_path / "use.mjs").write_text('import { format } from "./fees.mjs"; format(5);', "utf-8")
    bundle = run(tools, "esbuild", "use.mjs", "--bundle", "--format=esm", folder=tmp_path)

    assert "54321" not in bundle
