"""A quote: an amount under a fee schedule, and every figure that follows."""

from __future__ import annotations

from functools import partial
from typing import ClassVar, Final, NamedTuple, SupportsIndex, cast, final

from ..errors import (
    InvalidAmountError,
    InvalidDocumentError,
    InvalidRuleError,
    NotAMarketplaceError,
    expect,
    quoted,
)
from .currencies import Code, known_code
from .curve import Segment
from .explanation import FeeExplanation, explain_fee
from .fields import MAX_COMMISSION, clamped
from .numbers import (
    MAX_AMOUNT,
    WORD,
    MoneyLike,
    Percentage,
    millionths,
    minor_amount,
    minor_units,
    percent,
)
from .rules import ABSENT, NO_COMMISSION, FeeRule
from .search import base_for_total, largest_base
from .serialization import fingerprint, read_fields, read_schedule

FIGURES: Final = ("platform_fee", "merchant_fee", "total_fees", "total_amount")
"""The figures of a payment link's `fees`, in their order."""


class Settlement(NamedTuple):
    """Who ends up with what of a quote's total, in minor units; the sum of the four is the total.

    >>> from kashia_money import quote
    >>> settlement = quote(1_000_000).settle(refunded=1_000_000)
    >>> settlement, sum(settlement)
    (Settlement(buyer=1000000, seller=0, platform_fee=15000, merchant_fee=0), 1015000)
    """

    buyer: int
    seller: int
    platform_fee: int
    merchant_fee: int


@final
class FeeSchedule:
    """The fees of a platform and a marketplace in one currency.

    Immutable and hashable. Schedules are equal if their fields are equal.

    Args:
        currency: an ISO 4217 code that has a minor unit; the rules' amounts are in that.
        platform: the platform's rule.
        merchant: the marketplace's default commission: a percentage up to 20 %, or tiers of such;
            None means 0 %. A payment link may override its percentage and its cap, each by itself.
        marketplace: False for a single vendor, whose links may not ask for a commission.

    Raises:
        InvalidCurrencyError: the currency is not such a code.
        InvalidRuleError: the default commission could be above 20 % of the amount, or a single
            vendor has one.
        TypeError: a rule is not a `FeeRule`.

    >>> from kashia_money import PUBLISHED, commission
    >>> schedule = FeeSchedule("NGN", PUBLISHED["NGN"].platform, commission(5, cap=100_000))
    >>> schedule.quote(10_000_000).merchant_fee, schedule.quote(10_000_000, merchant_fee_percentage="0.5").merchant_fee
    (100000, 50000)
    """

    __slots__ = ("_currency", "_marketplace", "_merchant", "_platform")
    __match_args__: ClassVar = ("currency", "platform", "merchant")

    def __init__(
        self,
        currency: Code,
        platform: FeeRule,
        merchant: FeeRule | None = None,
        *,
        marketplace: bool = True,
    ) -> None:
        code = known_code(currency)
        expect(platform, FeeRule, "platform")
        expect(marketplace, bool, "marketplace")
        if merchant is None:
            merchant = NO_COMMISSION
        elif not marketplace:
            raise InvalidRuleError(
                merchant, "no commission for a single vendor", "leave merchant out"
            )
        expect(merchant, FeeRule, "merchant")
        excess = _excess(merchant)
        if excess:
            raise InvalidRuleError(merchant, "a commission within 0-20 % of the amount", excess)
        self._currency: str = code
        self._platform: FeeRule = platform
        self._merchant: FeeRule = merchant
        self._marketplace: bool = marketplace

    @property
    def currency(self) -> str:
        """The ISO 4217 code."""
        return self._currency

    @property
    def platform(self) -> FeeRule:
        """The platform's rule."""
        return self._platform

    @property
    def merchant(self) -> FeeRule:
        """The marketplace's commission; 0 % if there is none."""
        return self._merchant

    @property
    def marketplace(self) -> bool:
        """Whether links may ask for a commission."""
        return self._marketplace

    def to_dict(self) -> dict[str, object]:
        """Return the schedule as data, ready for `json.dumps`: percentages as text, amounts in minor units.

        `FeeSchedule.from_dict` returns an equal schedule. A single vendor's has `marketplace` in
        place of `merchant`.

        >>> from kashia_money import PUBLISHED
        >>> PUBLISHED["NGN"].to_dict()["platform"]["minimum"]
        10000
        """
        vendor = (
            {"merchant": self._merchant.to_dict()} if self._marketplace else {"marketplace": False}
        )
        return {"currency": self._currency, "platform": self._platform.to_dict(), **vendor}

    @staticmethod
    def from_dict(document: object) -> FeeSchedule:
        """Return the schedule of a document that `to_dict` wrote; an absent `merchant` charges no commission.

        Args:
            document: a parsed JSON object of the form that `schedule.schema.json`, in this package,
                describes.

        Raises:
            InvalidDocumentError: it or a rule is not an object, lacks a field or has an unknown
                one.
            InvalidCurrencyError, InvalidPercentageError, InvalidAmountError, InvalidRuleError: as
                the constructors; `field` is the path of the rejected value, such as
                `$.platform.cap`.

        >>> from kashia_money import PUBLISHED
        >>> FeeSchedule.from_dict(PUBLISHED["NGN"].to_dict()) == PUBLISHED["NGN"]
        True
        """
        currency, platform, merchant, marketplace = read_schedule(document)
        try:
            return FeeSchedule(currency, platform, merchant, marketplace=marketplace)
        except InvalidRuleError as error:
            raise error.at("$.merchant") from None

    @property
    def fingerprint(self) -> str:
        """The SHA-256 of the schedule, in hex: the same for equal schedules, in every process and release.

        Of the canonical form: `to_dict()` as JSON in ASCII, with its keys sorted and no spaces.

        >>> from kashia_money import PUBLISHED
        >>> PUBLISHED["NGN"].fingerprint[:16]
        '997da57a32bc065f'
        """
        return fingerprint(self.to_dict())

    def quote(
        self,
        amount: SupportsIndex | MoneyLike,
        *,
        merchant_fee_percentage: Percentage | None = None,
        merchant_fee_cap: SupportsIndex | None = None,
    ) -> Quote:
        """Return what the buyer pays for `amount` under this schedule.

        Args:
            amount: what the seller asks for: an int of minor units, or a py-moneyed `Money` in the
                currency.
            merchant_fee_percentage: in percent, clamped to 0-20, in place of the marketplace's
                default.
            merchant_fee_cap: in minor units, in place of the marketplace's default.

        Raises:
            InvalidAmountError: the amount or the cap is not an int from 0 to 2⁶³-1, or the total is
                above that.
            InvalidPercentageError: the percentage is not a number of at most six decimal places.
            CurrencyMismatchError: the Money is in another currency.
            NotAMarketplaceError: the schedule is a single vendor's, and there is a percentage or a
                cap.

        >>> from kashia_money import PUBLISHED
        >>> PUBLISHED["NGN"].quote(150_000_000).total_amount
        152250000
        """
        return Quote(amount, self, merchant_fee_percentage, merchant_fee_cap)

    def quote_within(
        self,
        budget: SupportsIndex,
        *,
        merchant_fee_percentage: Percentage | None = None,
        merchant_fee_cap: SupportsIndex | None = None,
    ) -> Quote:
        """Return the quote for the largest base whose total is within a budget; base 0 is within every budget.

        Exact, by a search of at most 63 rounds for each segment; nearly always three in all.

        Args:
            budget: in minor units; the most that the buyer pays.
            merchant_fee_percentage: as in `quote`.
            merchant_fee_cap: as in `quote`.

        Raises:
            InvalidAmountError, InvalidPercentageError, NotAMarketplaceError: as `quote`.

        >>> from kashia_money import PUBLISHED
        >>> PUBLISHED["NGN"].quote_within(5_000_000).amount
        4926108
        """
        most = minor_units(budget, "budget")
        commission = self._segments_of_link(merchant_fee_percentage, merchant_fee_cap)
        base = largest_base(self._platform._segments, commission, most)
        return Quote(base, self, merchant_fee_percentage, merchant_fee_cap)

    def quote_for_total(
        self,
        total: SupportsIndex,
        *,
        merchant_fee_percentage: Percentage | None = None,
        merchant_fee_cap: SupportsIndex | None = None,
    ) -> Quote:
        """Return the quote whose total is exactly `total`, for the largest base that has it.

        Exact, by a search of at most 63 rounds for each segment; nearly always three in all.

        Args:
            total: in minor units; the total that the buyer pays.
            merchant_fee_percentage: as in `quote`.
            merchant_fee_cap: as in `quote`.

        Raises:
            UnreachableTotalError: no base has that total; the error has the nearest totals on both
                sides.
            InvalidAmountError, InvalidPercentageError, NotAMarketplaceError: as `quote`.

        >>> from kashia_money import PUBLISHED
        >>> PUBLISHED["NGN"].quote_for_total(152_250_000).amount
        150000000
        """
        wanted = minor_units(total, "total")
        commission = self._segments_of_link(merchant_fee_percentage, merchant_fee_cap)
        base = base_for_total(self._platform._segments, commission, wanted)
        return Quote(base, self, merchant_fee_percentage, merchant_fee_cap)

    def _segments_of_link(
        self, percentage: Percentage | None, cap: SupportsIndex | None
    ) -> list[Segment]:
        """Return the segments of the commission as a link overrides it."""
        if not self._marketplace:
            self._reject_commission(percentage, cap)
        rate = ABSENT if percentage is None else clamped(millionths(percentage))
        limit = ABSENT if cap is None else minor_units(cap, "merchant_fee_cap")
        return self._merchant._segments_of_link(rate, limit)

    def _charged(self, percentage: Percentage | None, cap: SupportsIndex | None) -> FeeSchedule:
        """Return the schedule as a link overrides it, with the terms as a caller gives them."""
        asked = None if percentage is None else millionths(percentage)
        limit = None if cap is None else minor_units(cap, "merchant_fee_cap")
        if not self._marketplace:
            self._reject_commission(percentage, cap)
        return self._overridden(asked, limit)

    def _overridden(self, asked: int | None, cap: int | None) -> FeeSchedule:
        """Return the schedule as a link overrides it: the percentage in millionths, not clamped; the cap checked."""
        if asked is None and cap is None:
            return self
        return FeeSchedule(self._currency, self._platform, self._merchant._overridden(asked, cap))

    def _reject_commission(self, percentage: object, cap: object) -> None:
        """Raise an error if a single vendor's link has a field that is for marketplaces only."""
        for name, value in (("merchant_fee_percentage", percentage), ("merchant_fee_cap", cap)):
            if value is not None:
                remedy = "leave it out; only marketplaces take a commission"
                raise NotAMarketplaceError(value, "absent on a single vendor's link", remedy, name)

    def _key(self) -> tuple[str, FeeRule, FeeRule, bool]:
        return (self._currency, self._platform, self._merchant, self._marketplace)

    def __eq__(self, other: object) -> bool:
        return self._key() == other._key() if isinstance(other, FeeSchedule) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._key())

    def __reduce__(self) -> tuple[object, ...]:
        if self._marketplace:
            return FeeSchedule, (self._currency, self._platform, self._merchant)
        return partial(FeeSchedule, self._currency, self._platform, marketplace=False), ()

    def __repr__(self) -> str:
        merchant = "" if self._merchant == NO_COMMISSION else f", {self._merchant!r}"
        vendor = "" if self._marketplace else ", marketplace=False"
        return f"FeeSchedule({self._currency!r}, {self._platform!r}{merchant}{vendor})"


def _excess(merchant: FeeRule) -> str:
    """Return how to change a rule by which a commission could leave 0-20 % of the amount; "" if it could not."""
    rows = merchant._fields.rows
    if any(row.rate > MAX_COMMISSION for row in rows):
        return "lower its percentage to at most 20"
    if any(row.flat > 0 for row in rows):
        return "leave out its flat part"
    return "leave out its minimum" if merchant.minimum > 0 else ""


@final
class Quote:
    """The fees on an amount and its total; every figure is in minor units.

    `quote()` and `FeeSchedule.quote()` make it. A quote computes its figures from its schedule, so
    they never contradict each other. Quotes are immutable and hashable. They are equal if their
    currencies and figures are equal.

    Args:
        amount: as in `FeeSchedule.quote`.
        schedule: the schedule that charges the fees.
        merchant_fee_percentage: as in `FeeSchedule.quote`; None means the schedule's.
        merchant_fee_cap: as in `FeeSchedule.quote`; None means the schedule's.

    Raises:
        InvalidAmountError, InvalidPercentageError, CurrencyMismatchError, NotAMarketplaceError: as
            `FeeSchedule.quote`.

    >>> from kashia_money import PUBLISHED
    >>> Quote(1_000_000, PUBLISHED["NGN"]).total_amount
    1015000
    """

    __slots__ = ("_amount", "_asked", "_cap", "_listed", "_merchant_fee", "_platform_fee", "_rate")
    __match_args__: ClassVar = ("amount", "currency", "platform_fee", "merchant_fee")

    def __init__(
        self,
        amount: SupportsIndex | MoneyLike,
        schedule: FeeSchedule,
        merchant_fee_percentage: Percentage | None = None,
        merchant_fee_cap: SupportsIndex | None = None,
    ) -> None:
        # What minor_units does first, here because calling it would be a thirtieth of the whole
        # quote.
        base = (
            amount
            if type(amount) is int and 0 <= amount <= WORD
            else minor_amount(amount, schedule._currency)
        )
        asked, rate = 0, ABSENT
        if merchant_fee_percentage is not None:
            asked = millionths(merchant_fee_percentage)
            rate = clamped(asked)
        cap = (
            ABSENT
            if merchant_fee_cap is None
            else minor_units(merchant_fee_cap, "merchant_fee_cap")
        )
        try:
            platform_fee = schedule._platform._charge(base)
        except AttributeError:
            raise TypeError(f"schedule is a FeeSchedule, not {quoted(schedule)}") from None
        if not schedule._marketplace:
            schedule._reject_commission(merchant_fee_percentage, merchant_fee_cap)
        merchant_fee = schedule._merchant._charge(base, rate, cap)
        total = base + platform_fee + merchant_fee
        if total > WORD and total > MAX_AMOUNT:
            raise InvalidAmountError(
                amount, f"an amount whose total is at most {MAX_AMOUNT}", "pass a smaller one"
            )
        self._amount: int = base
        self._platform_fee: int = platform_fee
        self._merchant_fee: int = merchant_fee
        self._listed: FeeSchedule = schedule
        self._asked: int = asked
        self._rate: int = rate
        self._cap: int = cap

    @property
    def amount(self) -> int:
        """The base amount that the seller asks for, in minor units."""
        return self._amount

    @property
    def currency(self) -> str:
        """The ISO 4217 code of the currency that every figure is in."""
        return self._listed._currency

    @property
    def platform_fee(self) -> int:
        """What the platform charges, in minor units."""
        return self._platform_fee

    @property
    def merchant_fee(self) -> int:
        """What the marketplace takes as its commission, in minor units."""
        return self._merchant_fee

    @property
    def total_fees(self) -> int:
        """Both fees together, in minor units."""
        return self._platform_fee + self._merchant_fee

    @property
    def total_amount(self) -> int:
        """What the buyer pays: the amount and both fees, in minor units."""
        return self._amount + self._platform_fee + self._merchant_fee

    @property
    def seller_amount(self) -> int:
        """What the seller receives on release: the whole base amount, in minor units."""
        return self._amount

    @property
    def schedule(self) -> FeeSchedule:
        """The schedule that charged the fees, with the payment link's percentage and cap in it.

        Store it beside the figures: `FeeSchedule.from_dict(quote.schedule.to_dict())` quotes every
        amount as this link is charged.

        >>> from kashia_money import quote
        >>> quote(50_000_000, merchant_fee_percentage=10.0, merchant_fee_cap=20_000_000).schedule.merchant
        FeeRule('10', cap=20000000)
        """
        return self._listed._overridden(*self._link())

    def _link(self) -> tuple[int | None, int | None]:
        """Return the percentage in millionths and the cap that the link overrides."""
        return (
            None if self._rate == ABSENT else self._asked,
            None if self._cap == ABSENT else self._cap,
        )

    @property
    def fees(self) -> dict[str, int]:
        """The `fees` object of a payment link, in minor units (platform documentation, "Payment Links").

        >>> from kashia_money import quote
        >>> quote(150_000_000).fees
        {'platform_fee': 2250000, 'merchant_fee': 0, 'total_fees': 2250000, 'total_amount': 152250000}
        """
        return {
            "platform_fee": self._platform_fee,
            "merchant_fee": self._merchant_fee,
            "total_fees": self.total_fees,
            "total_amount": self.total_amount,
        }

    def to_dict(self) -> dict[str, int | str]:
        """Return the flat form of an escrow event, ready for `json.dumps`; figures in minor units.

        >>> from kashia_money import quote
        >>> quote(0).to_dict()["seller_amount"]
        0
        """
        return {
            "amount": self._amount,
            "currency": self.currency,
            **self.fees,
            "seller_amount": self._amount,
        }

    @staticmethod
    def from_dict(document: object, schedule: FeeSchedule) -> Quote:
        """Return the quote of a document that `to_dict` wrote, if the schedule charges its figures.

        Args:
            document: a parsed JSON object with the fields of `to_dict`, and no others.
            schedule: what charged the fees: `quote.schedule`, stored beside the document.

        Raises:
            InvalidDocumentError: it is not such an object, or a figure is not the one that the
                schedule charges.
            InvalidAmountError: the amount is not an int from 0 to 2⁶³-1.
            TypeError: the schedule is not a `FeeSchedule`.

        >>> from kashia_money import quote
        >>> link = quote(50_000_000, merchant_fee_percentage=10.0)
        >>> Quote.from_dict(link.to_dict(), link.schedule) == link
        True
        """
        expect(schedule, FeeSchedule, "schedule")
        names = ("amount", "currency", *FIGURES, "seller_amount")
        fields = read_fields(document, "$", names, names)
        quote = Quote(minor_units(cast("SupportsIndex", fields["amount"]), "$.amount"), schedule)
        for name, figure in quote.to_dict().items():
            if type(fields[name]) is not type(figure) or fields[name] != figure:
                remedy = "pass the schedule that was stored with the document"
                raise InvalidDocumentError(
                    fields[name], f"{figure}, as the schedule has it", remedy, f"$.{name}"
                )
        return quote

    def explain(self) -> tuple[FeeExplanation, FeeExplanation]:
        """Return how the platform's fee and the commission are computed, as data; `describe` puts it into words.

        >>> from kashia_money import quote
        >>> platform_fee, merchant_fee = quote(400_000_000, merchant_fee_percentage=25).explain()
        >>> platform_fee.exact, platform_fee.fee, platform_fee.basis
        (Decimal('6000000'), 5000000, 'cap')
        >>> merchant_fee.rule.clamped_from, merchant_fee.fee
        (Decimal('25'), 80000000)
        """
        commission = self._listed._merchant._overridden(*self._link())
        return (
            explain_fee("platform_fee", self._listed._platform, self._amount),
            explain_fee("merchant_fee", commission, self._amount),
        )

    def settle(self, *, refunded: SupportsIndex = 0) -> Settlement:
        """Return who ends up with what once the escrow ends; the fees are kept.

        Args:
            refunded: in minor units; the part of the base that the buyer gets back: 0 for a
                release, the whole base for a cancellation. The seller gets the rest.

        Raises:
            InvalidAmountError: `refunded` is not an int from 0 to the base.

        >>> from kashia_money import quote
        >>> quote(1_000_000).settle(refunded=400_000)
        Settlement(buyer=400000, seller=600000, platform_fee=15000, merchant_fee=0)
        """
        buyer = minor_units(refunded, "refunded")
        if buyer > self._amount:
            remedy = "pass how much of the base is refunded; the fees are kept"
            raise InvalidAmountError(
                refunded, f"a refund of at most the base, {self._amount}", remedy
            )
        return Settlement(buyer, self._amount - buyer, self._platform_fee, self._merchant_fee)

    def _key(self) -> tuple[str, int, int, int]:
        return (self.currency, self._amount, self._platform_fee, self._merchant_fee)

    def __eq__(self, other: object) -> bool:
        return self._key() == other._key() if isinstance(other, Quote) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._key())

    def __reduce__(self) -> tuple[object, ...]:
        asked, cap = self._link()
        return Quote, (self._amount, self._listed, None if asked is None else percent(asked), cap)

    def __repr__(self) -> str:
        figures = ", ".join(f"{name}={figure}" for name, figure in self.fees.items())
        return f"<Quote {self.currency} {self._amount}: {figures}>"
