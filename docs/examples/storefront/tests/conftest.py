"""Both databases, a service on each, and a browser."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Generator, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from kashia_money import PUBLISHED, FeeSchedule
from playwright.sync_api import Browser, sync_playwright

from storefront.app import Shop

from .support import VENDOR, NewTenant, Process, Tenant, serving, shop_on


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Make a skipped test a failure where everything is installed."""
    report = yield
    if report.skipped and "KASHIA_MONEY_SKIP_NOTHING" in os.environ:
        report.outcome = "failed"
        report.longrepr = f"skipped where nothing may be: {report.longrepr}"
    return report


def as_postgres(*command: str) -> None:
    """Run a command as a user who may run the server, which root may not."""
    user = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
    done = subprocess.run([*user, *command], check=False, capture_output=True, text=True, cwd="/")
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """A PostgreSQL server that listens on a socket only; the address of its first database."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if not folders:
        pytest.skip("PostgreSQL is not installed: apt-get install postgresql")
    with tempfile.TemporaryDirectory() as folder:
        if os.getuid() == 0:
            shutil.chown(folder, "postgres")
        control, data = str(folders[-1] / "pg_ctl"), f"{folder}/data"
        as_postgres(control, "-D", data, "-s", "init", "-o", "-A trust -U shop -E UTF8 --no-sync")
        options = f"-k {folder} -c listen_addresses='' -c fsync=off -c max_connections=200"
        as_postgres(control, "-D", data, "-s", "-w", "-l", f"{folder}/log", "-o", options, "start")
        try:
            yield f"postgresql+psycopg://shop@/postgres?host={folder}"
        finally:
            as_postgres(control, "-D", data, "-s", "-w", "-m", "immediate", "stop")


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def service(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Shop, str]]:
    """A service on a new database of each kind, and its address."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('shop') / 'shop.db'}"
    else:
        url = request.getfixturevalue("postgresql")
    shop = shop_on(url)
    with serving(shop) as address:
        yield shop, address
    shop.database.engine.dispose()


@pytest.fixture
def new_tenant(service: tuple[Shop, str]) -> Iterator[NewTenant]:
    """A function that adds a merchant."""
    with ExitStack() as clients:

        def new(
            schedule: FeeSchedule = PUBLISHED["NGN"], link_seconds: int | None = None
        ) -> Tenant:
            tenant = Tenant.new(*service, schedule, link_seconds)
            clients.enter_context(tenant.client)
            return tenant

        yield new


@pytest.fixture
def tenant(new_tenant: NewTenant) -> Tenant:
    """A marketplace."""
    return new_tenant()


@pytest.fixture
def vendor(new_tenant: NewTenant) -> Tenant:
    """A single vendor."""
    return new_tenant(VENDOR)


@pytest.fixture
def process(tmp_path: Path) -> Iterator[Process]:
    """The service in a process of its own, with a new SQLite file."""
    process = Process(tmp_path)
    yield process
    process.kill()


@pytest.fixture(scope="module")  # Playwright's event loop would disturb other tests
def chromium() -> Iterator[Browser]:
    """The distribution's Chromium."""
    path = shutil.which("chromium")
    if path is None:
        pytest.skip("Chromium is not installed: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def axe(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The source of axe-core, from npm."""
    npm = shutil.which("npm")
    if npm is None or "KASHIA_MONEY_SKIP_NOTHING" not in os.environ:
        pytest.skip("npm would install axe-core: KASHIA_MONEY_SKIP_NOTHING=1 allows it")
    folder = tmp_path_factory.mktemp("npm")
    command = [npm, "install", "--no-audit", "--no-fund", "--prefix", str(folder), "axe-core@^4.10"]
    subprocess.run(command, check=True, capture_output=True)
    return (folder / "node_modules/axe-core/axe.min.js").read_text("utf-8")
