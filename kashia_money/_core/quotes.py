"""Fee schedules and quotes.

A schedule is the platform's rule and the marketplace's commission in one currency. A quote is the
fees of a schedule on one base amount. Both fees are computed on the base and added to it:
total = base + platform fee + commission. All figures are exact integers of minor units.
"""

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
from .explanation import FeeExplanation, explain_fee
from .fields import clamped, remedy_for_commission
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
from .search import SharedSegment, base_for_total, largest_base, shared_segments
from .serialization import fingerprint, read_fields, read_schedule

FIGURES: Final = ("platform_fee", "merchant_fee", "total_fees", "total_amount")
"""The names in the `fees` object of a payment link, in order."""


class Settlement(NamedTuple):
    """The shares of a quote's total after the escrow ends, in minor units.

    The four shares sum to the total.

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

    Schedules are immutable and hashable. They are equal if their fields are equal.

    Args:
        currency: an ISO 4217 code with a minor unit. All amounts in the rules are in this unit.
        platform: the platform's rule.
        merchant: the marketplace's default commission: a percentage of at most 20 %, or tiers with
            such percentages. None means 0 %. A payment link can override the percentage, the cap or
            both.
        marketplace: False means a single vendor. Then a payment link with a commission is rejected.

    Raises:
        InvalidCurrencyError: the currency is not an ISO 4217 code with a minor unit.
        InvalidRuleError: the default commission could be above 20 % of the amount, or a single
            vendor has a default commission.
        TypeError: a rule is not a `FeeRule`, or `marketplace` is not a bool.

    >>> from kashia_money import PUBLISHED, commission
    >>> schedule = FeeSchedule("NGN", PUBLISHED["NGN"].platform, commission(5, cap=100_000))
    >>> link = schedule.quote(10_000_000, merchant_fee_percentage="0.5")
    >>> schedule.quote(10_000_000).merchant_fee, link.merchant_fee
    (100000, 50000)
    """

    __slots__ = ("_currency", "_marketplace", "_merchant", "_platform", "_segments")
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
        remedy = remedy_for_commission(merchant._fields)
        if remedy:
            raise InvalidRuleError(merchant, "a commission within 0-20 % of the amount", remedy)
        self._currency: str = code
        self._platform: FeeRule = platform
        self._merchant: FeeRule = merchant
        self._marketplace: bool = marketplace
        self._segments: list[SharedSegment] = shared_segments(
            platform._segments, merchant._segments
        )

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
        """The marketplace's default commission; a rule of 0 % if None was passed."""
        return self._merchant

    @property
    def marketplace(self) -> bool:
        """Whether a payment link can have a commission. False means a single vendor."""
        return self._marketplace

    def to_dict(self) -> dict[str, object]:
        """Return the schedule as data for `json.dumps`.

        Amounts are in minor units, and percentages are text. `FeeSchedule.from_dict` returns an
        equal schedule. The data of a single vendor has the field `marketplace` in place of
        `merchant`.

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
        """Return the schedule of a document from `to_dict`. An absent `merchant` means 0 %.

        Args:
            document: a parsed JSON object; `schedule.schema.json` in this package describes it.

        Raises:
            InvalidDocumentError: the document or a rule is not an object, or its fields are wrong:
                a field is missing, or a field, a mode or a rounding is unknown.
            InvalidCurrencyError, InvalidPercentageError, InvalidAmountError, InvalidRuleError: as
                in `FeeSchedule` and `FeeRule`. The error's `field` is the path of the rejected
                value, such as `$.platform.cap`.

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
        """The SHA-256 of the schedule, in hex.

        Equal schedules have the same fingerprint, in every process and release. The digest is of
        the canonical form: `to_dict()` as JSON in ASCII, with sorted keys and without spaces.

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
        """Return the exact fees on `amount` under this schedule, and the total.

        Args:
            amount: in minor units; the base amount that the seller asks for. An int, or a
                py-moneyed `Money` in the schedule's currency.
            merchant_fee_percentage: in percent, clamped to 0-20; the payment link's commission.
                None means the schedule's default.
            merchant_fee_cap: in minor units; the largest commission of the payment link. None means
                the schedule's default.

        Raises:
            InvalidAmountError: the amount or the cap is not an int from 0 to 2⁶³-1, or the total is
                above 2⁶³-1.
            InvalidPercentageError: the percentage is not a number with at most six decimal places.
            CurrencyMismatchError: the Money is in another currency.
            NotAMarketplaceError: the schedule is a single vendor's, and a percentage or a cap was
                passed.

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
        """Return the quote for the largest base whose total is within a budget.

        Base 0 is within every budget. The result is exact. The search takes at most 63 rounds for
        each segment, and nearly always three rounds in total.

        Args:
            budget: in minor units; the largest total that the buyer pays.
            merchant_fee_percentage: as in `quote`.
            merchant_fee_cap: as in `quote`.

        Raises:
            InvalidAmountError, InvalidPercentageError, NotAMarketplaceError: as `quote`.

        >>> from kashia_money import PUBLISHED
        >>> PUBLISHED["NGN"].quote_within(5_000_000).amount
        4926108
        """
        most = minor_units(budget, "budget")
        segments = self._segments_of_link(merchant_fee_percentage, merchant_fee_cap)
        base = largest_base(segments, most)
        return Quote(base, self, merchant_fee_percentage, merchant_fee_cap)

    def quote_for_total(
        self,
        total: SupportsIndex,
        *,
        merchant_fee_percentage: Percentage | None = None,
        merchant_fee_cap: SupportsIndex | None = None,
    ) -> Quote:
        """Return the quote for the largest base whose total is exactly `total`.

        The result is exact. The search takes at most 63 rounds for each segment, and nearly always
        three rounds in total.

        Args:
            total: in minor units; the total that the buyer pays.
            merchant_fee_percentage: as in `quote`.
            merchant_fee_cap: as in `quote`.

        Raises:
            UnreachableTotalError: every base has another total. The error has the nearest totals
                below and above.
            InvalidAmountError, InvalidPercentageError, NotAMarketplaceError: as `quote`.

        >>> from kashia_money import PUBLISHED
        >>> PUBLISHED["NGN"].quote_for_total(152_250_000).amount
        150000000
        """
        wanted = minor_units(total, "total")
        segments = self._segments_of_link(merchant_fee_percentage, merchant_fee_cap)
        base = base_for_total(segments, wanted)
        return Quote(base, self, merchant_fee_percentage, merchant_fee_cap)

    def _segments_of_link(
        self, percentage: Percentage | None, cap: SupportsIndex | None
    ) -> list[SharedSegment]:
        """Return the segments of both fees with a link's overrides; None means no override."""
        if percentage is None and cap is None:
            return self._segments
        if not self._marketplace:
            self._reject_commission(percentage, cap)
        rate = ABSENT if percentage is None else clamped(millionths(percentage))
        limit = ABSENT if cap is None else minor_units(cap, "merchant_fee_cap")
        commission = self._merchant._segments_of_link(rate, limit)
        return shared_segments(self._platform._segments, commission)

    def _charged(self, percentage: Percentage | None, cap: SupportsIndex | None) -> FeeSchedule:
        """Return the schedule with a link's overrides, after checking them."""
        requested_rate = None if percentage is None else millionths(percentage)
        limit = None if cap is None else minor_units(cap, "merchant_fee_cap")
        if not self._marketplace:
            self._reject_commission(percentage, cap)
        return self._with_link(requested_rate, limit)

    def _with_link(self, requested_rate: int | None, cap: int | None) -> FeeSchedule:
        """Return the schedule with a link's checked overrides; the rate is not clamped yet."""
        if requested_rate is None and cap is None:
            return self
        commission = self._merchant._with_link(requested_rate, cap)
        return FeeSchedule(self._currency, self._platform, commission)

    def _reject_commission(self, percentage: object, cap: object) -> None:
        """Raise an error if a single vendor's link has a marketplace field."""
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


@final
class Quote:
    """The fees on a base amount, and the total; every figure is in minor units.

    `quote()` and `FeeSchedule.quote()` return quotes. A quote computes its figures from its
    schedule, so they never contradict each other. Quotes are immutable and hashable. They are equal
    if their currencies and figures are equal.

    Args:
        amount: as in `FeeSchedule.quote`.
        schedule: the schedule that charges the fees.
        merchant_fee_percentage: as in `FeeSchedule.quote`.
        merchant_fee_cap: as in `FeeSchedule.quote`.

    Raises:
        InvalidAmountError, InvalidPercentageError, CurrencyMismatchError, NotAMarketplaceError: as
            `FeeSchedule.quote`.
        TypeError: the schedule is not a `FeeSchedule`.

    >>> from kashia_money import PUBLISHED
    >>> Quote(1_000_000, PUBLISHED["NGN"]).total_amount
    1015000
    """

    __slots__ = (
        "_amount",
        "_cap",
        "_default_schedule",
        "_merchant_fee",
        "_platform_fee",
        "_rate",
        "_requested_rate",
    )
    __match_args__: ClassVar = ("amount", "currency", "platform_fee", "merchant_fee")

    def __init__(
        self,
        amount: SupportsIndex | MoneyLike,
        schedule: FeeSchedule,
        merchant_fee_percentage: Percentage | None = None,
        merchant_fee_cap: SupportsIndex | None = None,
    ) -> None:
        # The first check of `minor_units` is repeated here, because a call would take a thirtieth
        # of the quote's time.
        base = (
            amount
            if type(amount) is int and 0 <= amount <= WORD
            else minor_amount(amount, schedule._currency)
        )
        requested_rate = 0
        rate = ABSENT
        if merchant_fee_percentage is not None:
            requested_rate = millionths(merchant_fee_percentage)
            rate = clamped(requested_rate)
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
        self._default_schedule: FeeSchedule = schedule  # without the link's overrides
        self._requested_rate: int = requested_rate
        self._rate: int = rate
        self._cap: int = cap

    @property
    def amount(self) -> int:
        """The base amount that the seller asks for, in minor units."""
        return self._amount

    @property
    def currency(self) -> str:
        """The ISO 4217 code of the currency of every figure."""
        return self._default_schedule._currency

    @property
    def platform_fee(self) -> int:
        """The platform's fee, in minor units."""
        return self._platform_fee

    @property
    def merchant_fee(self) -> int:
        """The marketplace's commission, in minor units."""
        return self._merchant_fee

    @property
    def total_fees(self) -> int:
        """The sum of both fees, in minor units."""
        return self._platform_fee + self._merchant_fee

    @property
    def total_amount(self) -> int:
        """The total that the buyer pays, in minor units: the amount and both fees."""
        return self._amount + self._platform_fee + self._merchant_fee

    @property
    def seller_amount(self) -> int:
        """The amount that the seller receives on release, in minor units: the whole base."""
        return self._amount

    @property
    def schedule(self) -> FeeSchedule:
        """The schedule that charged the fees, with the payment link's percentage and cap.

        Store the schedule with the figures. `FeeSchedule.from_dict(quote.schedule.to_dict())` then
        charges any other amount as this link does.

        >>> from kashia_money import quote
        >>> link = quote(50_000_000, merchant_fee_percentage=10.0, merchant_fee_cap=20_000_000)
        >>> link.schedule.merchant
        FeeRule('10', cap=20000000)
        """
        return self._default_schedule._with_link(*self._link())

    def _link(self) -> tuple[int | None, int | None]:
        """Return the link's rate before clamping and its cap; None means no override."""
        requested_rate = None if self._rate == ABSENT else self._requested_rate
        cap = None if self._cap == ABSENT else self._cap
        return requested_rate, cap

    @property
    def fees(self) -> dict[str, int]:
        """The `fees` object of a payment link, in minor units.

        Source: the platform's documentation, "Payment Links".

        >>> from kashia_money import quote
        >>> quote(150_000_000).fees
        {'platform_fee': 2250000, 'merchant_fee': 0, 'total_fees': 2250000, 'total_amount': 152250000}
        """  # noqa: E501
        return {
            "platform_fee": self._platform_fee,
            "merchant_fee": self._merchant_fee,
            "total_fees": self.total_fees,
            "total_amount": self.total_amount,
        }

    def to_dict(self) -> dict[str, int | str]:
        """Return the figures as the flat fields of an escrow event, in minor units.

        The result is ready for `json.dumps`.

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
        """Return the quote of a document from `to_dict`, if the schedule gives the same figures.

        Args:
            document: a parsed JSON object with exactly the fields of `to_dict`.
            schedule: the schedule that charged the fees: `quote.schedule`, stored with the
                document.

        Raises:
            InvalidDocumentError: the document does not have exactly these fields, or the schedule
                gives another figure.
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
                expected = f"{figure}, as the schedule has it"
                raise InvalidDocumentError(fields[name], expected, remedy, f"$.{name}")
        return quote

    def explain(self) -> tuple[FeeExplanation, FeeExplanation]:
        """Return the computation of the platform's fee and of the commission, as data.

        `describe` returns the same as sentences.

        >>> from kashia_money import quote
        >>> platform_fee, merchant_fee = quote(400_000_000, merchant_fee_percentage=25).explain()
        >>> platform_fee.exact, platform_fee.fee, platform_fee.basis
        (Decimal('6000000'), 5000000, 'cap')
        >>> merchant_fee.rule.clamped_from, merchant_fee.fee
        (Decimal('25'), 80000000)
        """
        commission = self._default_schedule._merchant._with_link(*self._link())
        return (
            explain_fee("platform_fee", self._default_schedule._platform, self._amount),
            explain_fee("merchant_fee", commission, self._amount),
        )

    def settle(self, *, refunded: SupportsIndex = 0) -> Settlement:
        """Return the shares of the total after the escrow ends; the fees are not refunded.

        Args:
            refunded: in minor units; the part of the base that the buyer gets back. 0 means a
                release, and the whole base means a cancellation. The seller gets the rest.

        Raises:
            InvalidAmountError: `refunded` is not an int from 0 to the base.

        >>> from kashia_money import quote
        >>> quote(1_000_000).settle(refunded=400_000)
        Settlement(buyer=400000, seller=600000, platform_fee=15000, merchant_fee=0)
        """
        buyer = minor_units(refunded, "refunded")
        if buyer > self._amount:
            remedy = "pass how much of the base is refunded; the fees are kept"
            expected = f"a refund of at most the base, {self._amount}"
            raise InvalidAmountError(refunded, expected, remedy)
        return Settlement(buyer, self._amount - buyer, self._platform_fee, self._merchant_fee)

    def _key(self) -> tuple[str, int, int, int]:
        return (self.currency, self._amount, self._platform_fee, self._merchant_fee)

    def __eq__(self, other: object) -> bool:
        return self._key() == other._key() if isinstance(other, Quote) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._key())

    def __reduce__(self) -> tuple[object, ...]:
        requested_rate, cap = self._link()
        percentage = None if requested_rate is None else percent(requested_rate)
        return Quote, (self._amount, self._default_schedule, percentage, cap)

    def __repr__(self) -> str:
        figures = ", ".join(f"{name}={figure}" for name, figure in self.fees.items())
        return f"<Quote {self.currency} {self._amount}: {figures}>"
