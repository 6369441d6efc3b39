"""Fingerprints that services have stored: every release must give those of release 0.1.0."""

from __future__ import annotations

import pytest

from kashia_money import PUBLISHED, FeeRule, FeeSchedule, Rounding, Tier, commission

NGN = PUBLISHED["NGN"].platform
MAX = 2**63 - 1
STORED = {
    "997da57a32bc065fa99c41d72355c833fcbf3b73a906e989c9f75bc1405b1c50": PUBLISHED["NGN"],
    "d59103e17847e52987533a97c3d0601dd5c137c4506f4b8a949463decb6c8dd9": FeeSchedule(
        "NGN", NGN, commission(5, cap=1_000_000)
    ),
    "4ec1bb3473ccb295a43aa3dc179114f45f8eec9f5f1cd8b2e67e74b8631b0b3f": FeeSchedule(
        "NGN", NGN, commission(25)
    ),
    "59a214f73b41159fac94d5765ddd9d03c462a27f9cade5b2abc597484e1ae15a": FeeSchedule(
        "USD", FeeRule("2.9", flat=30)
    ),
    "1742d374cca9d9c550c1e34d1c8cf040b57f25ba56d27626041ceacd5bf011f5": FeeSchedule(
        "NGN", FeeRule("1.5", flat=10_000, flat_from=250_000, cap=200_000)
    ),
    "275b6843a1c57ef445251b1b5910a3cb94f8fbf9990c3dbdc79743f886b66f64": FeeSchedule(
        "EUR", FeeRule("1.234567", minimum=7, rounding=Rounding.HALF_EVEN)
    ),
    "64c0dc7e891a0f120afb373af410b379d4137260eb7f583153fa06aa6ad9b4b6": FeeSchedule(
        "JPY", FeeRule(3), FeeRule("12.5", rounding=Rounding.UP)
    ),
    "349ee3593c38c6ae48c49c9e57752be7b73f3a480918d2645e848b87dfcafad3": FeeSchedule(
        "NGN", FeeRule.graduated([Tier(0, "2.5"), Tier(100_000, 1)], minimum=5, cap=10**12)
    ),
    "3c2d1b1a42b87c512289be550ca3abdef89d0769d8b91c1d6377c517edf98faf": FeeSchedule(
        "NGN", FeeRule.volume([Tier(0, 0, 5_000), Tier(500_000, "1.2"), Tier(10**7, "0.9", 7)])
    ),
    "795a6afb2b1ff3996ae75ca493cf0627f097d94ddec557038c46c50fc080e965": FeeSchedule(
        "KWD",
        FeeRule.volume([Tier(0, 1)]),
        FeeRule.graduated([Tier(0, 20), Tier(4, "12.5")], cap=9, rounding=Rounding.DOWN),
    ),
    "bbc7928c57a7a7dcc8f2226192a0d864606c92bb3bc32cd050212b33ff8f708e": FeeSchedule(
        "IQD", FeeRule(0)
    ),
    "f102e07939ee19edbaade1766199a4eb70c9b3f81b0e0c80ee5542f46c6a3c01": FeeSchedule(
        "NGN", FeeRule(100, flat=MAX, flat_from=MAX)
    ),
}


@pytest.mark.parametrize(("fingerprint", "schedule"), STORED.items())
def test_fingerprint_equals_the_stored_one(fingerprint: str, schedule: FeeSchedule) -> None:
    assert schedule.fingerprint == fingerprint


def test_fingerprint_distinguishes_a_single_vendor() -> None:
    assert FeeSchedule("NGN", NGN, marketplace=False).fingerprint != PUBLISHED["NGN"].fingerprint
