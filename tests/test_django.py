"""Money as a django-money field yields it, at the door."""

from __future__ import annotations

import importlib
from decimal import Decimal
from typing import Any

import pytest

from kashia_money import CurrencyMismatchError, from_minor, quote, to_minor

REASON = "django-money is needed to see that the Money of its fields is taken"
pytest.importorskip("djmoney", reason=REASON)
django: Any = pytest.importorskip("django", reason=REASON)


@pytest.fixture
def money() -> Any:
    conf: Any = importlib.import_module("django.conf")
    if not conf.settings.configured:
        # A page of the docs has a model, too, and needs the database.
        databases = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
        conf.settings.configure(LOGGING_CONFIG=None, DATABASES=databases)
        django.setup()
    models: Any = importlib.import_module("django.db.models")
    fields: Any = importlib.import_module("djmoney.models.fields")

    class Order(models.Model):  # type: ignore[misc]  # Django is not typed
        total = fields.MoneyField(max_digits=19, decimal_places=2, default_currency="NGN")

        class Meta:
            app_label = "tests"

    return Order(total=Decimal("1500000.50")).total


def test_to_minor_takes_the_money_of_a_field(money: Any) -> None:
    assert type(money).__module__ == "djmoney.money"
    assert to_minor(money) == to_minor(money, "NGN") == 150_000_050
    assert quote(money).seller_amount == 150_000_050
    assert from_minor(150_000_050, "NGN") == money
    with pytest.raises(CurrencyMismatchError):
        to_minor(money, "USD")
