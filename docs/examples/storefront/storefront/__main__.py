"""Start the service: `storefront`, or `python -m storefront`."""

from __future__ import annotations

import argparse
import os
import secrets
import sys

import uvicorn

from . import demo
from .app import Shop
from .database import Database


def main() -> None:
    """Create the tables and two links, print the page's address, and serve."""
    parser = argparse.ArgumentParser("storefront", description=__doc__)
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument(
        "--database", default=os.environ.get("STOREFRONT_DATABASE", "sqlite:///storefront.db")
    )
    arguments = parser.parse_args()
    database = Database(arguments.database)
    references = demo.fill(database)
    origin = f"http://127.0.0.1:{arguments.port}"
    secret = os.environ.get("STOREFRONT_WEBHOOK_SECRET") or secrets.token_hex(32)
    lines = [
        f"pricing page  {origin}/?amount=1%2C500%2C000",
        *(f"payment link  {origin}/links/{reference}" for reference in references),
        f"API key       {demo.KEY}",
    ]
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()
    shop = Shop(database, origin, secret.encode(), demo.MARKETPLACE, demo.BUYER, demo.SELLER)
    uvicorn.run(shop.app(), host="127.0.0.1", port=arguments.port, log_level="warning")


if __name__ == "__main__":
    main()
