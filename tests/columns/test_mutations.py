"""Every change of one operator in the formula or in the kernel changes a figure of some row.

The rows run through the changed module itself. Their figures come from the oracle for the formula,
and from the scalar for the kernel. Both are computed before anything is changed.
"""

from __future__ import annotations

import ast
import copy
import inspect
import warnings
from collections import Counter
from fractions import Fraction
from itertools import product
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Self, TypeAlias, TypeVar

import pytest

from kashia_money import (
    PUBLISHED,
    FeeRule,
    FeeSchedule,
    KashiaMoneyError,
    Rounding,
    Tier,
    commission,
)
from kashia_money._columns import formula
from tests.support import oracle
from tests.support.writers import (
    FloatWriter,
    IntegerWriter,
    Natural,
    Signed,
    Unbounded,
    UnboundedWriter,
    int_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from kashia_money._columns.array_inputs import Columns
    from kashia_money._core.curve import Curve

D = 10**8
MAX = 2**63 - 1

# The operators and functions of a family take each other's places.
OPERATORS: Final[list[dict[type[ast.AST], str]]] = [
    {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.FloorDiv: "//", ast.Mod: "%"},
    {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!="},
    {ast.And: "and", ast.Or: "or"},
    {ast.BitAnd: "&", ast.BitOr: "|"},
    {ast.Is: "is", ast.IsNot: "is not"},
]
PREFIXES: Final[dict[type[ast.AST], str]] = {ast.Not: "not", ast.Invert: "~", ast.USub: "-"}
FUNCTIONS: Final = [{"min", "max"}]
NUMPY: Final = [
    {"minimum", "maximum"},
    {"add", "subtract", "multiply", "floor_divide"},
    {"divide", "multiply"},
    {"rint", "floor", "ceil"},
]

R = TypeVar("R")


class Change(NamedTuple):
    """A change of one operator, number or function, as it is shown and listed."""

    function: str
    expression: str
    change: str


class Site(NamedTuple):
    """A node of a module, the function that it is in, and the smallest expression around it."""

    function: str
    expression: ast.AST
    node: ast.AST


CHILDREN: Final = (ast.expr, ast.stmt, ast.keyword, ast.comprehension, ast.arguments)


def sites(node: ast.AST, function: str, expression: ast.AST) -> Iterator[Site]:
    """A node and all below it, without type annotations."""
    if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
        function = f"{function}.{node.name}".removeprefix(".")
    if not isinstance(node, (ast.Name, ast.Attribute, ast.Constant, ast.Slice, ast.keyword)):
        expression = node
    yield Site(function, expression, node)
    for field, value in ast.iter_fields(node):
        if field not in ("annotation", "returns"):
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, CHILDREN):
                    yield from sites(child, function, expression)


def replacements(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    """What a node is changed into, each with how that is shown."""
    match node:
        case ast.BinOp(op=op) | ast.AugAssign(op=op) | ast.BoolOp(op=op):
            for text, other in other_operators(op):
                yield text, with_field(node, "op", other)
        case ast.Compare(ops=[op]):
            for text, other in other_operators(op):
                yield text, with_field(node, "ops", [other])
        case ast.UnaryOp(op=op, operand=operand):
            yield f"no {PREFIXES[type(op)]}", operand
        case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
            yield f"{number} → {number + 1}", with_field(node, "value", number + 1)
            yield f"{number} → {number - 1}", with_field(node, "value", number - 1)
        case _:
            yield from other_functions(node)


def other_functions(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    match node:
        case ast.Name(id=name):
            for other in other_names(name, FUNCTIONS):
                yield f"{name} → {other}", with_field(node, "id", other)
        case ast.Attribute(value=ast.Name(id="np"), attr=name):
            for other in other_names(name, NUMPY):
                yield f"{name} → {other}", with_field(node, "attr", other)
        case ast.Attribute(attr=name):
            for other in other_names(name, FUNCTIONS):
                yield f"{name} → {other}", with_field(node, "attr", other)
        case ast.Call(func=ast.Attribute(attr="clip"), args=[column, least, most]):
            yield "no minimum", with_field(node, "args", [column, ast.Constant(None), most])
            yield "no maximum", with_field(node, "args", [column, least, ast.Constant(None)])


def other_operators(operator: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    for family in OPERATORS:
        for kind, text in family.items():
            if type(operator) in family and type(operator) is not kind:
                yield f"{family[type(operator)]} → {text}", kind()


def other_names(name: str, families: list[set[str]]) -> list[str]:
    return sorted({other for family in families if name in family for other in family} - {name})


def with_field(node: ast.AST, field: str, value: object) -> ast.AST:
    changed = copy.copy(node)
    setattr(changed, field, value)
    return changed


class Replace(ast.NodeTransformer):
    def __init__(self, old: ast.AST, new: ast.AST) -> None:
        self.old, self.new = old, new

    def visit(self, node: ast.AST) -> Any:
        return self.new if node is self.old else self.generic_visit(node)


def changed_modules(module: ModuleType) -> Iterator[tuple[Change, ModuleType]]:
    """A module after each of its changes, and the change."""
    source = inspect.getsource(module)
    tree = ast.parse(source)
    times: Counter[Change] = Counter()
    for function, expression, node in list(sites(tree, "", tree)):
        shown = ast.get_source_segment(source, expression) or ast.unparse(expression)
        for text, new in replacements(node):
            change = Change(function, " ".join(shown.split()), text)
            times[change] += 1
            if times[change] > 1:  # the function has the same expression again
                change = change._replace(change=f"{text} ({times[change]})")
            Replace(node, new).visit(tree)
            yield change, loaded(module, tree)
            Replace(new, node).visit(tree)


def loaded(module: ModuleType, tree: ast.Module) -> ModuleType:
    changed = ModuleType(module.__name__)
    changed.__package__ = module.__package__
    exec(compile(ast.fix_missing_locations(tree), "<changed>", "exec"), vars(changed))
    return changed


Differs: TypeAlias = "Callable[[ModuleType, R], bool]"


def survivors(module: ModuleType, rows: list[R], differs: Differs[R]) -> set[Change]:
    """The changes of a module that no row shows. An error shows a change, too.

    The rows are put in another order.
    """
    survivors = set()
    for change, changed in changed_modules(module):
        for place, row in enumerate(rows):
            try:
                shown = differs(changed, row)
            except Exception:
                shown = True
            if shown:
                rows.insert(0, rows.pop(place))  # this row is likely to show the next change, too
                break
        else:
            survivors.add(change)
    return survivors


# By the reason: the function, the expression and its changes that change no figure.
Unseen: TypeAlias = dict[str, list[tuple[str, str, str]]]


def listed(unseen: Unseen) -> set[Change]:
    entries = [entry for group in unseen.values() for entry in group]
    return {
        Change(function, expression, change)
        for function, expression, changes in entries
        for change in changes.split(", ")
    }


def rules(rounding: Rounding) -> Iterator[FeeRule]:
    """Rules with ties, whose bands rise and fall, and whose limits bind or do not."""
    yield FeeRule(0, rounding=rounding)
    yield FeeRule("0.000001", rounding=rounding)
    yield FeeRule("3.2", minimum=1, cap=9, rounding=rounding)
    yield FeeRule("99.999993", flat=3, rounding=rounding)
    yield FeeRule(50, cap=9, rounding=rounding)
    yield FeeRule(50, flat=2**53, rounding=rounding)
    yield FeeRule(50, flat=MAX, flat_from=MAX, rounding=rounding)
    yield FeeRule(0, flat=3, flat_from=7, minimum=2, cap=9, rounding=rounding)
    yield FeeRule(100, flat=3, flat_from=7, rounding=rounding)
    yield FeeRule.volume([Tier(0, 50, 5), Tier(3, 0)], rounding=rounding)
    yield FeeRule.volume([Tier(0, 1), Tier(1, "99.999993")], rounding=rounding)
    yield FeeRule.volume([Tier(0, 100, 2), Tier(3, 100, 1)], rounding=rounding)
    yield FeeRule.volume([Tier(0, 50, 1), Tier(3, 50, 2), Tier(6, 50, 4)], rounding=rounding)
    for rate in ("0.000001", "100"):
        tiers = [Tier(0, rate, 1), Tier(3, 25, 2), Tier(8, rate)]
        yield FeeRule.volume(tiers, minimum=1, rounding=rounding)
    tiers = [Tier(0, 12.5), Tier(3, 100), Tier(6, 50)]
    yield FeeRule.graduated(tiers, cap=12, rounding=rounding)


RULES = [
    rule
    for rounding in (Rounding.UP, Rounding.HALF_UP, Rounding.HALF_DOWN, Rounding.HALF_EVEN)
    for rule in rules(rounding)
]
AMOUNTS = [*range(11), 20, 25, 60, 125, 375]
AMOUNTS += [D // 2, D // 2 + 1, 92_857_143, D - 1, D, D + 1, D + D // 2, 2**32 - 1, 2**32, 10**12]
AMOUNTS += [2**53 + 1, MAX // D * D - 1, MAX // 2, MAX - 1, MAX]

# Rules of a commission, for rows with a percentage or a cap.
COMMISSIONS = [
    commission("12.5"),
    FeeRule.graduated([Tier(0, "0.5"), Tier(3, 20)], cap=7, rounding=Rounding.HALF_EVEN),
    FeeRule.graduated([Tier(0, 20), Tier(30, "12.5")], rounding=Rounding.HALF_EVEN),
    FeeRule.volume([Tier(0, 20), Tier(5, 10), Tier(9, 0)], rounding=Rounding.HALF_EVEN),
]

# Numbers with the operators that a change may write, and that no engine's formula needs.


class Any64(Signed):
    def __le__(self, other: Signed | int, /) -> Self:
        return self._with(self.value <= int_of(other))

    def __eq__(self, other: Signed | int, /) -> Self:  # type: ignore[override]
        return self._with(self.value == int_of(other))

    def __ne__(self, other: Signed | int, /) -> Self:  # type: ignore[override]
        return self._with(self.value != int_of(other))

    def __floordiv__(self, other: Signed | int, /) -> Self:
        return self._with(self.value // int_of(other))

    def __mod__(self, other: Signed | int, /) -> Self:
        return self._with(self.value % int_of(other))

    __hash__ = None  # type: ignore[assignment]


class Natural64(Any64, Natural):
    pass


class ByIntegers(IntegerWriter):
    def choose(self, test: Natural, then: Natural | int, other: Natural | int) -> Natural:
        return Natural64(super().choose(test, then, other).value)

    def div(self, value: Natural, by: int) -> Natural:
        return Natural64(super().div(value, by).value)


class ByFloats(FloatWriter):
    def choose(self, test: Signed, then: Signed | int, other: Signed | int) -> Signed:
        return Any64(super().choose(test, then, other).value)

    def div(self, value: Signed, by: int) -> Signed:
        return Any64(super().div(value, by).value)


class AnySize(Any64, Unbounded):
    pass


class ByAnySize(UnboundedWriter):
    def choose(self, test: Signed, then: Signed | int, other: Signed | int) -> Signed:
        return AnySize(super().choose(test, then, other).value)

    def div(self, value: Signed, by: int) -> Signed:
        return AnySize(super().div(value, by).value)


WRITERS: Final[list[tuple[Any, Callable[[int], Any], bool]]] = [
    (ByIntegers(), Natural64, True),
    (ByFloats(), Any64, True),
    (ByAnySize(), AnySize, False),
]


class FormulaRow(NamedTuple):
    curve: Curve
    amount: int
    rate: int | None
    cap: int | None
    fee: int


def formula_rows() -> Iterator[FormulaRow]:
    for rule, amount in product(RULES, AMOUNTS):
        fee = oracle.fee_by(rule.to_dict(), amount)
        yield FormulaRow(rule._curve, amount, None, None, min(fee, MAX))
    for rule, rate, cap in product(COMMISSIONS, (None, -1, 0, 1, 12_500_000), (None, 0, 5, MAX)):
        if rate == -1 and rule._curve.single_rate is not None:
            continue  # every row has a rate then
        terms = rule.to_dict()
        if rate is not None and rate >= 0:
            percentage = Fraction(rate, 10**6)
            terms |= {"mode": None, "percentage": percentage, "flat": 0, "flat_from": 0}
        if cap is not None:
            terms["cap"] = cap
        for amount in AMOUNTS[::3]:
            yield FormulaRow(rule._curve, amount, rate, cap, oracle.fee_by(terms, amount))


def formula_differs(changed: ModuleType, row: FormulaRow) -> bool:
    curve, amount, rate, cap, fee = row
    for to, number, words in WRITERS:
        own_rate = None if rate is None else number(rate)
        own_cap = None if cap is None else number(cap)
        charged = changed.fee(to, curve, number(amount), own_rate, own_cap, words=words).value
        if min(charged, MAX) != fee:
            return True
    return False


UNSEEN_IN_FORMULA: Unseen = {
    "A fee that equals its limit is the limit on both branches.": [
        ("fee", "grown > cap", "> → >="),
        ("fee", "grown > most", "> → >="),
        ("fee", "grown < least", "< → <="),
        ("fee", "charged > cap", "> → >="),
    ],
    "No fee is below -1, so this minimum never binds.": [
        ("fee", "max(curve.minimum - band.fee // SCALE, 0)", "0 → -1"),
    ],
    "The first band has the value that the search begins with.": [
        ("_Table.find", "self.curve.bands[1:]", "1 → 0"),
    ],
    "Without a rate per row, `own` is not read.": [
        ("_grown", "0 if table.rate is None else table.rate", "0 → 1, 0 → -1"),
        ("_whole_fee", "0 if table.rate is None else table.rate", "0 → 1, 0 → -1"),
    ],
    "A name only spares an engine work.": [
        ("_grown", "table.rate is None or table.curve.single_rate is None", "or → and"),
        ("_grown", "table.rate is None", "is → is not (2)"),
        ("_grown", "table.curve.single_rate is None", "is → is not"),
    ],
    "2 × 10⁸ times 45,000,001 is below 2⁵³, too, and a correction of exact quotients adds 0.": [
        ("", "_EXACTLY_DIVIDED = 45_000_000", "45000000 → 45000001, 45000000 → 44999999"),
        (
            "_grown",
            "max(band.rate for band in table.curve.bands) > _EXACTLY_DIVIDED",
            "> → >=, > → !=",
        ),
    ],
    "A limit that no fee reaches may be written out.": [
        ("_binds", "limit < MAX_AMOUNT", "< → <=, < → !="),
        ("_binds", "end - band.start", "- → +"),
        ("_binds", "max(last_fees) + SCALE", "+ → *"),
        ("_binds", "max(last_fees) + SCALE > limit * SCALE", "> → >=, > → !="),
        ("_binds", "limit * SCALE", "* → +, * → -, * → //, * → %"),
    ],
    "A 0 may be written out like any other number.": [
        ("_is_zero", "value == 0", "== → <, == → <=, 0 → -1"),
    ],
}


def test_every_change_of_the_formula_changes_a_fee() -> None:
    rows = list(formula_rows())
    assert not any(formula_differs(formula, row) for row in rows)

    assert survivors(formula, rows, formula_differs) == listed(UNSEEN_IN_FORMULA)


class Block(NamedTuple):
    """A schedule, columns, and the scalar's figures of each row; None where it rejects the row."""

    schedule: FeeSchedule
    columns: Columns
    figures: list[tuple[int, ...] | None]


def block(schedule: FeeSchedule, *columns: Any) -> Block:
    from kashia_money._columns.array_inputs import Columns

    checked = Columns(*columns)
    rows = range(len(checked.amounts))
    return Block(schedule, checked, [scalar(schedule, checked, row) for row in rows])


def scalar(schedule: FeeSchedule, columns: Columns, row: int) -> tuple[int, ...] | None:
    try:
        return tuple(columns.quote(row, schedule).fees.values())
    except KashiaMoneyError:
        return None


# One amount each, because the largest amount decides how a block is computed.
AT_THE_ENDS_OF_32_BITS = [
    (FeeRule("1.5"), 1_431_655_765),  # three times the amount is 2³²-1
    (FeeRule(100, flat=1), 2**32 - 1),
    (FeeRule(0, flat=2**32), 0),
    (FeeRule(0, minimum=2**32), 5),
    (FeeRule(100), 2**32),
    (FeeRule("99.999999"), 92_233_720_368),
]
NAN, INF = float("nan"), float("inf")
PERCENTAGES: list[list[Any]] = [
    [0.0, 0.000001, 1.001, 2.007, 12.5, 19.999999, 20.0],
    [20.0, 20.000001],
    [5.0, -0.000001],
    [5.0, INF],
    [5.0, -INF],
    [5.0, -5.0, NAN],
    [5.0, 1e-7],
    [5.0, 33.3333333, 1e300, -1e300],
    # Beyond 2³², a millionth too low and too high once multiplied.
    [5.0, 4375491860.717933, -4375491860.717933],
    [5.0, 4477919738.704021, -4477919738.704021],
    [5.0, 4581204362.0331135],  # too many places
    [5.0, 11842134937.329277],  # beyond 2³³, and not too many
    [0, 1, 19, 20, 21, -1, 2**62],
]
CAPS = [[0, 1, 5, MAX], [3, -1, 4, 5], [7, 7, -1, -1]]


def blocks() -> Iterator[Block]:
    for rule, most in product(RULES, (20, 2**31, 2**40, 2**60, MAX)):
        yield block(FeeSchedule("NGN", rule), [amount for amount in AMOUNTS if amount <= most])
    for rule, amount in AT_THE_ENDS_OF_32_BITS:
        yield block(FeeSchedule("NGN", rule), [amount])
    yield from blocks_of_types()
    schedules = [FeeSchedule("NGN", FeeRule(0), rule) for rule in COMMISSIONS]
    for schedule in schedules:
        yield from blocks_of_percentages(schedule)
        yield from blocks_of_caps(schedule)


def blocks_of_types() -> Iterator[Block]:
    np = pytest.importorskip("numpy")
    free = FeeSchedule("NGN", FeeRule(0))
    for kind in ("i1", "i4", "i8", ">i8", "u1", "u4", "u8"):
        largest = np.iinfo(kind).max
        yield block(PUBLISHED["NGN"], np.array([0, 1, 100, largest], kind))
        yield block(free, np.array([0, 1, 100, min(largest, MAX), largest], kind))
    yield block(free, np.array([5, -1, 0, -MAX]))
    yield block(free, np.ma.array([5, 6, -1], mask=[False, True, False]))


def blocks_of_percentages(schedule: FeeSchedule) -> Iterator[Block]:
    np = pytest.importorskip("numpy")
    for percentages, size in product(PERCENTAGES, (D, 2**53)):
        column = np.array(percentages)
        amounts = [size + row for row in range(len(column))]
        masked = np.ma.array(column, mask=[row % 2 == 1 for row in range(len(column))])
        yield block(schedule, amounts, column)
        yield block(schedule, amounts, masked)
    yield block(schedule, [D, D], np.array([0.5, 0.1], "f4"))
    yield block(schedule, [D, D], np.array([5, 2**64 - 1], "u8"))
    yield block(schedule, [D, D, D], np.array([5, -128, 127], "i1"), [D, D, 4])


def blocks_of_caps(schedule: FeeSchedule) -> Iterator[Block]:
    np = pytest.importorskip("numpy")
    for caps, size in product(CAPS, (40, D, 2**53)):
        amounts = [size] * len(caps)
        yield block(schedule, amounts, None, caps)
        yield block(schedule, amounts, None, np.ma.array(caps, mask=[False, True, False, True]))
    yield block(schedule, [D, D], None, np.array([MAX, 2**63], "u8"))


def kernel_differs(changed: ModuleType, block: Block) -> bool:
    from kashia_money._columns import blocks as module

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "kernel", changed)
        figures, rejected = module.price(block.columns, block.schedule)
    mask = [figures is None for figures in block.figures]
    if (None if rejected is None else rejected.tolist()) != (mask if any(mask) else None):
        return True
    rows = list(zip(*(figure.tolist() for figure in figures), strict=True))
    return rows != [figures or (0, 0, 0, 0) for figures in block.figures]


UNSEEN_IN_KERNEL: Unseen = {
    "64 bits give the figures of 32.": [
        ("", "2**32", "2 → 1, 32 → 31"),
        ("", "2**32 - 1", "- → %, 1 → 2"),
        ("charge", "block.highest * largest + slope.scale", "+ → *"),
        ("charge", "bound <= NARROW", "<= → <, <= → =="),
    ],
    "A product that 64 bits hold may be split, too.": [
        ("charge", "product <= MAX_AMOUNT", "<= → <, <= → =="),
    ],
    "Columns of bands give the figures of steps, and steps those of columns of one rate.": [
        ("prepare", "len(steps) > 2", "> → <, > → <=, > → >=, > → ==, > → !=, 2 → 3, 2 → 1"),
        ("prepare", "min(steps.values()) < 0", "< → <=, < → !=, 0 → 1"),
        ("prepare", "band.rate != rate", "!= → <=, != → >=, != → =="),
    ],
    "Another band's rate is read only if all bands have it.": [
        ("prepare", "curve.bands[0]", "0 → -1"),
    ],
    "No unsigned number is below 0, and no remainder of 2 above 1.": [
        ("_round", "scale % 2 == 0", "== → <="),
        ("_round", "dropped == 0", "== → <="),
        ("_round", "fee % 2 == 1", "== → >="),
        ("_limit", "block.lowest == 0", "== → <="),
        ("_limit", "block.wide == 0", "== → <="),
    ],
    "A fee above 2⁶³-1 is rejected with its total, limited or not.": [
        ("_limit", "curve.cap < MAX_AMOUNT", "< → <=, < → !="),
    ],
    "Without an amount of 0, or if its fee is 0, setting that to 0 changes nothing.": [
        ("_limit", "block.lowest == 0", "== → >="),
        (
            "_limit",
            "block.lowest == 0 and (curve.minimum or curve.bands[0].fee)",
            "and → or",
        ),
    ],
    "A check that is not needed rejects no row.": [
        ("amounts", "data.min() < 0", "< → <=, < → !=, 0 → 1"),
        ("amounts", "data.max() > np.uint64(MAX_AMOUNT)", "> → >=, > → !="),
        ("amounts", 'data.dtype.kind == "u"', "== → <=, == → >="),
        (
            "amounts",
            'data.dtype.kind == "u" and data.max() > np.uint64(MAX_AMOUNT)',
            "and → or",
        ),
        ("_read", "lowest == -np.inf", "== → <=, == → >="),
        ("_read", "highest == np.inf", "== → <=, == → >="),
    ],
    "Clipping numbers within the bounds changes none.": [
        ("_read", "lowest < 0", "< → <=, < → !=, 0 → 1"),
        ("_read", "highest > MAX_COMMISSION", "> → >=, > → !="),
    ],
    "Only 'f' is not above 'f', and integers read as floats are clamped to the same.": [
        ("rates", 'data.dtype.kind == "f"', "== → <=, == → >="),
    ],
    "A number of a millionth less is not above the one that was meant, and vice versa.": [
        ("_read", "(shifted - 1) / 1e6 != data", "!= → <"),
        ("_read", "(shifted + 1) / 1e6 != data", "!= → >"),
    ],
    "2³³ is a whole number, and so not inexact.": [
        ("_read", "np.abs(data) >= ALL_EXACT", ">= → >"),
    ],
    "A rejected row has amount 0, and so no fee at any rate.": [
        ("_read", "np.copyto(shifted, 0, where=rejected)", "0 → 1, 0 → -1"),
    ],
}


def test_every_change_of_the_kernel_changes_a_figure(monkeypatch: pytest.MonkeyPatch) -> None:
    np = pytest.importorskip("numpy", reason="pip install 'kashia_money[arrays]'")
    from kashia_money._columns import array_inputs, kernel

    computed = list(blocks())
    # A failure is not an `Exception`, so it does not count as a change that is shown.
    monkeypatch.setattr(
        array_inputs.Columns, "quote", lambda *_: pytest.fail("the scalar was asked")
    )
    assert not any(kernel_differs(kernel, block) for block in computed)

    with np.errstate(all="ignore"), warnings.catch_warnings(action="ignore"):
        unseen = survivors(kernel, computed, kernel_differs)

    assert unseen == listed(UNSEEN_IN_KERNEL)
