"""Integers that mean every integer, a writer of the fee formula for them, and a prover.

Python code runs on these integers as it runs on ints. Where it asks for the truth of a comparison,
the prover takes one answer, and later runs the code again with the other one. It runs each possible
path once, and proves what the code claims at the end of that path.

The solver sees only linear arithmetic: each product of two unknowns is a further unknown, with a
few facts that hold for all integers. So a proof is sound, and fast. A counterexample may
only show that a fact is missing: compute with its numbers before you believe it.
"""

from __future__ import annotations

import operator
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple, Self, TypeAlias

from kashia_money._core.rounding import SCALE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

MAX = 2**63 - 1

SAT, UNSAT = "sat", "unsat"  # the third answer is "unknown"
MOST_WORK = 500_000  # the solver's, for one question; the hardest one takes 45,000

RELATIONS: dict[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}

# A sum of products: how often each is counted. The product of no unknowns is 1.
Terms: TypeAlias = dict[tuple[str, ...], int]
Program: TypeAlias = "Callable[[Prover], dict[str, Claim]]"


Key: TypeAlias = frozenset[tuple[tuple[str, ...], int]]


def _key(terms: Terms) -> Key:
    return frozenset(terms.items())


def _plus(left: Terms, right: Terms, times: int = 1) -> Terms:
    total = dict(left)
    for unknowns, count in right.items():
        total[unknowns] = total.get(unknowns, 0) + times * count
    return {unknowns: count for unknowns, count in total.items() if count}


def _times(left: Terms, right: Terms) -> Terms:
    total: Terms = {}
    for unknowns, count in left.items():
        shifted = {tuple(sorted(unknowns + others)): by for others, by in right.items()}
        total = _plus(total, shifted, count)
    return total


class Claim:
    """A comparison of a symbolic integer and 0; asked for its truth, it takes a path."""

    def __init__(self, prover: Prover, terms: Terms, relation: str) -> None:
        self.prover, self.terms, self.relation = prover, terms, relation

    def __bool__(self) -> bool:
        return self.prover.decide(self)


class Symbol:
    """A symbolic integer."""

    def __init__(self, prover: Prover, terms: Terms) -> None:
        self.prover, self.terms = prover, terms

    def _claim(self, other: object, relation: str) -> Claim:
        return Claim(self.prover, _plus(self.terms, terms_of(other), -1), relation)


class Field(Symbol):
    """An integer that is known before the formula is written: a field of a curve, or a claim's.

    Python computes with it, so it has no bounds. It says that it is an int, so that the formula
    takes for it each shorter way that it takes for ints.
    """

    @property  # type: ignore[misc]  # the reason is in the docstring
    def __class__(self) -> type:
        return int

    def __add__(self, other: Field | int) -> Field:
        return self._with(other, _plus)

    def __sub__(self, other: Field | int) -> Field:
        return self._with(other, lambda one, two: _plus(one, two, -1))

    def __rsub__(self, other: int) -> Field:
        return self._with(other, lambda one, two: _plus(two, one, -1))

    def __mul__(self, other: Field | int) -> Field:
        return self._with(other, self.prover.multiply)

    __radd__, __rmul__ = __add__, __mul__

    def _with(self, other: object, compute: Callable[[Terms, Terms], Terms]) -> Field:
        if type(other) is Value:
            return NotImplemented  # type: ignore[no-any-return]  # then Python asks the other
        return Field(self.prover, compute(self.terms, terms_of(other)))

    def __floordiv__(self, by: int) -> Field:
        return Field(self.prover, self.prover.quotient(self.terms, by))

    def __mod__(self, by: int) -> Field:
        return self - self // by * by

    def __eq__(self, other: object) -> Claim:  # type: ignore[override]  # as NumPy's
        return self._claim(other, "==")

    def __ne__(self, other: object) -> Claim:  # type: ignore[override]
        return self._claim(other, "!=")

    def __lt__(self, other: Field | int) -> Claim:
        return self._claim(other, "<")

    def __le__(self, other: Field | int) -> Claim:
        return self._claim(other, "<=")

    def __gt__(self, other: Field | int) -> Claim:
        return self._claim(other, ">")

    def __ge__(self, other: Field | int) -> Claim:
        return self._claim(other, ">=")

    __hash__ = None  # type: ignore[assignment]  # as it is compared by paths

    def __bool__(self) -> bool:
        return bool(self != 0)


class Value(Symbol):
    """An integer in an engine's row. Every operation on it is a step, which must not overflow."""

    def __init__(self, prover: Prover, terms: Terms, test: Claim | None = None) -> None:
        super().__init__(prover, terms)
        self.test = test

    def __add__(self, other: Self | int, /) -> Self:
        return self._step(_plus(self.terms, self._operand(other)))

    def __sub__(self, other: Self | int, /) -> Self:
        return self._step(_plus(self.terms, self._operand(other), -1))

    def __rsub__(self, other: int, /) -> Self:
        return self._step(_plus(self._operand(other), self.terms, -1))

    def __mul__(self, other: Self | int, /) -> Self:
        return self._step(self.prover.multiply(self.terms, self._operand(other)))

    def __lt__(self, other: Self | int, /) -> Self:
        return self._test(other, "<")

    def __gt__(self, other: Self | int, /) -> Self:
        return self._test(other, ">")

    def __ge__(self, other: Self | int, /) -> Self:
        return self._test(other, ">=")

    def _operand(self, other: Self | int) -> Terms:
        return engine_value(self.prover, other).terms

    def _step(self, terms: Terms) -> Self:
        self.prover.steps.append(terms)
        return type(self)(self.prover, terms)

    def _test(self, other: Self | int, relation: str) -> Self:
        claim = Claim(self.prover, _plus(self.terms, self._operand(other), -1), relation)
        return type(self)(self.prover, {}, claim)


def terms_of(number: object) -> Terms:
    if type(number) is int:
        return {(): number} if number else {}
    assert type(number) in (Field, Value), number
    return number.terms  # type: ignore[attr-defined, no-any-return]  # just asserted


def engine_value(prover: Prover, number: Value | Field | int) -> Value:
    """Return an integer as an engine has it; a literal, too, must not be beyond its bounds."""
    if type(number) is Value:
        return number
    terms = terms_of(number)
    prover.steps.append(terms)
    return Value(prover, terms)


class ProofWriter:
    """Divides exactly. Both branches of a choice are steps before it, so each is proved."""

    def __init__(self, prover: Prover) -> None:
        self.prover = prover

    def name(self, name: str, value: Value) -> Value:
        return value

    def choose(self, test: Value, then: Value | int, other: Value | int) -> Value:
        branches = engine_value(self.prover, then), engine_value(self.prover, other)
        return branches[0] if test.test else branches[1]

    def div(self, value: Value, by: int) -> Value:
        return Value(self.prover, self.prover.quotient(value.terms, by))


class Failure(NamedTuple):
    """A claim that is not proved, and the unknowns of a counterexample; {} if none is found."""

    claim: str
    example: dict[str, int]


class Prover:
    """Runs a program on each path, and proves the claims that it returns."""

    def __init__(self, least: int = 0) -> None:
        self.z3: Any = import_module("z3")
        self.least = least
        self._unknowns: dict[str, Any] = {}
        self.paths = 0
        self.checks = 0

    def failures(self, program: Program) -> list[Failure]:
        """Return the claims and steps that do not hold on some path."""
        failures: list[Failure] = []
        self._solver = self.z3.SimpleSolver()
        self._solver.set("rlimit", MOST_WORK)
        self._path: list[tuple[bool, bool, Any]] = []  # answer, whether it is the last, question
        self._quotients: dict[Any, str] = {}
        self._facts: dict[Key, int] = {}  # the length of the path where they were added
        while True:
            self._position = 0
            self._known: dict[tuple[Key, str], bool] = {}
            self._first_step = 0
            self.steps: list[Terms] = []
            claims = [(name, self._formula(claim)) for name, claim in program(self).items()]
            self.paths += 1
            failures += self._unproved([*self._bounds(), *claims])
            while self._path and self._path[-1][1]:
                self._path.pop()
                self._solver.pop()
            if not self._path:
                return failures
            question = self._path.pop()[2]
            self._solver.pop()
            depth = len(self._path)
            self._facts = {key: at for key, at in self._facts.items() if at <= depth}
            self._take(question, answer=False, last=True)

    def _bounds(self) -> Iterable[tuple[str, Any]]:
        proved = {_key(terms) for terms in self.steps[: self._first_step]}
        for terms in self.steps[self._first_step :]:
            key = _key(terms)
            if key in proved:
                continue
            proved.add(key)
            step = self._linear(terms)
            yield f"step {terms}", self.z3.And(step >= self.least, step <= MAX)

    def _unproved(self, claims: list[tuple[str, Any]]) -> Iterable[Failure]:
        if self._check(self.z3.Not(self.z3.And([formula for _, formula in claims]))) == UNSAT:
            return
        for name, formula in claims:
            answer = self._check(self.z3.Not(formula))
            if answer != UNSAT:
                yield Failure(name, self._example() if answer == SAT else {})

    def _example(self) -> dict[str, int]:
        model = self._solver.model()
        return {str(unknown): model[unknown].as_long() for unknown in model.decls()}

    def _check(self, formula: Any) -> str:
        self.checks += 1
        return str(self._solver.check(formula))

    def _possible(self, formula: Any) -> bool:
        """Return whether a formula may hold; a path that is not decided is taken, too."""
        return self._check(formula) != UNSAT

    def _take(self, question: Any, *, answer: bool, last: bool) -> None:
        self._path.append((answer, last, question))
        self._solver.push()
        self._solver.add(question if answer else self.z3.Not(question))

    @property
    def _replays(self) -> bool:
        return self._position < len(self._path)

    def decide(self, claim: Claim) -> bool:
        """Return an answer that is possible on this path."""
        if not any(claim.terms):
            return bool(RELATIONS[claim.relation](claim.terms.get((), 0), 0))
        key = _key(claim.terms), claim.relation
        if key not in self._known:
            self._known[key] = self._answer(claim)
        return self._known[key]

    def _answer(self, claim: Claim) -> bool:
        if self._replays:
            answer = self._path[self._position][0]
            self._position += 1
            if not self._replays:
                self._first_step = len(self.steps)
            return answer
        question = self._formula(claim)
        yes = self._possible(question)
        no = not yes or self._possible(self.z3.Not(question))
        self._position += 1
        self._take(question, answer=yes, last=not (yes and no))
        return yes

    def field(self, name: str) -> Field:
        return Field(self, {(name,): 1})

    def row(self, number: Field) -> Value:
        return Value(self, number.terms)

    def number(self, value: Symbol) -> Field:
        return Field(self, value.terms)

    def assume(self, *claims: Claim) -> None:
        if not self._replays:
            self._solver.add(*map(self._formula, claims))

    def _linear(self, terms: Terms) -> Any:
        total = self.z3.IntVal(terms.get((), 0))
        for unknowns, count in terms.items():
            if unknowns:
                total += count * self._unknown("*".join(unknowns))
        return total

    def _unknown(self, name: str) -> Any:
        if name not in self._unknowns:
            self._unknowns[name] = self.z3.Int(name)
        return self._unknowns[name]

    def _formula(self, claim: Claim) -> Any:
        return RELATIONS[claim.relation](self._linear(claim.terms), 0)

    def quotient(self, terms: Terms, by: int) -> Terms:
        """Return the quotient, rounded down: an unknown, with the two facts that define it."""
        key = (_key(terms), by)
        name = self._quotients.setdefault(key, f"q{len(self._quotients)}")
        rest = _plus(terms, {(name,): 1}, -by)
        self.assume(Claim(self, rest, ">="), Claim(self, _plus(rest, {(): by}, -1), "<"))
        return {(name,): 1}

    def multiply(self, left: Terms, right: Terms) -> Terms:
        """Return the product; where there are unknowns in both, with the facts that it needs."""
        product = _times(left, right)
        if any(left) and any(right) and not self._replays and self._is_new(product):
            self._add_signs(left, right)
            self._add_signs(_plus({(): SCALE - 1}, left, -1), right)
            for most in (SCALE, 1, 0):
                self._add_signs(left, _plus({(): most}, right, -1))
        return product

    def know_product(self, left: Field, right: Field) -> None:
        """Add the facts of a product that no step computes."""
        self.multiply(left.terms, right.terms)

    def _is_new(self, product: Terms) -> bool:
        """Return whether a product's facts are not yet added on this path."""
        key = _key(product)
        if key in self._facts:
            return False
        self._facts[key] = len(self._path)
        return True

    def _add_signs(self, left: Terms, right: Terms) -> None:
        """Add that two numbers which are not negative have a product which is not negative."""
        one, two, product = (self._linear(terms) for terms in (left, right, _times(left, right)))
        self._solver.add(self.z3.Implies(self.z3.And(one >= 0, two >= 0), product >= 0))
