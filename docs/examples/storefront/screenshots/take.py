"""Take the screenshots of the page: `python screenshots/take.py http://127.0.0.1:8000`."""

from __future__ import annotations

import shutil
import sys
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import sync_playwright

HERE = Path(__file__).parent
PATH = "/?amount=1%2C500%2C000&exactly=50"
PICTURES: dict[str, dict[str, Any]] = {
    "light": {"viewport": {"width": 1000, "height": 800}},
    "dark-320": {"viewport": {"width": 320, "height": 800}, "color_scheme": "dark"},
}


def main(address: str) -> None:
    """Take each picture."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"))
        for name, options in PICTURES.items():
            page = browser.new_page(**options)
            page.goto(address + PATH)
            picture = Image.open(BytesIO(page.screenshot(full_page=True)))
            picture.quantize(96).save(HERE / f"{name}.png", optimize=True)
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1])
