"""The parts into which a sentence is taken on the way from a number to what it measures.

A ``Mention`` is a number as it is written; a ``Slot`` gives it the words that no other number claims; from these come
the ``Head`` right before it and the ``Subject`` behind the head, from both a ``Name``, and so a ``Reading``.

There are many of them. A dataclass or a named tuple, compiled, would still be made by interpreted code, and the latter
be asked for its fields by name: with classes that set their fields themselves, extraction takes a sixth less time.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from transforms.types import Bound, Measure

Kind = Literal["quantity", "rank", "ratio", "noise"]


class Mention:
    """A number at normal offsets ``[start, end)``; ``tail`` ends its unit and bound.

    For ``noise``, ``unit`` holds the name of the kind; ``after`` is the bound written behind the number.
    """

    def __init__(
        self,
        kind: Kind,
        start: int,
        end: int,
        tail: int,
        value: Decimal,
        unit: str,
        rule: str,
        after: Bound | None = None,
    ) -> None:
        self.kind = kind
        self.start = start
        self.end = end
        self.tail = tail
        self.value = value
        self.unit = unit
        self.rule = rule
        self.after = after


class Slot:
    """A number, the text on its left and right that no other number claims, and its clause.

    ``predicate`` is what is said of the thing counted where another number cut it off; ``range_with`` is the
    other end of a range.
    """

    def __init__(
        self, mention: Mention, unit: str, left: str, right: str, clause: int, left_start: int
    ) -> None:
        self.mention = mention
        self.unit = unit
        self.left = left
        self.right = right
        self.clause = clause
        self.left_start = left_start
        self.range_with: Mention | None = None
        self.range_high = False
        self.predicate = ""


class Head:
    """What was peeled off before a number, and the subject that stayed."""

    def __init__(self, subject: str) -> None:
        self.subject = subject
        self.bound: Bound | None = None
        self.change: Literal["up", "down"] | None = None
        self.change_noun = ""
        self.level_link = False
        self.arrived = False
        self.origin = False
        self.respectively = False
        self.each = False
        self.cumulative = False
        self.kept = False
        self.change_word = ""
        self.et_cetera = False
        self.joined = False
        self.qualified = False
        self.annual = False
        self.estimate = False
        self.target = False
        self.gap: Literal["higher", "lower"] | None = None
        self.compared = False
        self.in_turn = False
        self.linked = False
        self.rules: tuple[str, ...] = ()

    def copy(self) -> Head:
        """One that may be changed: heads are remembered, and shared by those who ask for the same."""
        head = Head(self.subject)
        head.bound = self.bound
        head.change = self.change
        head.change_noun = self.change_noun
        head.level_link = self.level_link
        head.arrived = self.arrived
        head.origin = self.origin
        head.respectively = self.respectively
        head.each = self.each
        head.cumulative = self.cumulative
        head.kept = self.kept
        head.change_word = self.change_word
        head.et_cetera = self.et_cetera
        head.joined = self.joined
        head.qualified = self.qualified
        head.annual = self.annual
        head.estimate = self.estimate
        head.target = self.target
        head.gap = self.gap
        head.compared = self.compared
        head.in_turn = self.in_turn
        head.linked = self.linked
        head.rules = self.rules
        return head


class Subject:
    """The parts of a subject; ``noun`` is '' where it must come from elsewhere."""

    def __init__(
        self,
        verb: str,
        noun: str,
        agent: str,
        scope: str,
        share_of: str = "",
        modifier: bool = False,
        attribute: bool = False,
        verb_last: bool = False,
        acts: bool = False,
    ) -> None:
        self.verb = verb
        self.noun = noun
        self.agent = agent
        self.scope = scope
        self.share_of = share_of
        self.modifier = modifier
        self.attribute = attribute
        self.verb_last = verb_last
        self.acts = acts

    def without_noun(self) -> Subject:
        """The same, its noun to come from elsewhere."""
        return Subject(
            self.verb,
            "",
            self.agent,
            self.scope,
            self.share_of,
            self.modifier,
            self.attribute,
            self.verb_last,
            self.acts,
        )


class Name:
    """What a number measures: verb and noun, and how they are put together."""

    def __init__(self, verb: str, noun: str, owner: str = "", noun_first: bool = False) -> None:
        self.verb = verb
        self.noun = noun
        self.owner = owner
        self.noun_first = noun_first

    @property
    def phrase(self) -> str:
        """The indicator phrase."""
        joined = self.noun + self.verb if self.noun_first else self.verb + self.noun
        return joined.lstrip("、,;: ").rstrip("、,;:和及与 ")

    def is_like(self, other: Name) -> bool:
        """Whether both say the same in the same way."""
        return (
            self.verb == other.verb
            and self.noun == other.noun
            and self.owner == other.owner
            and self.noun_first == other.noun_first
        )


class Reading:
    """A number and what it measures, before codes, periods and base units are resolved.

    ``stock``: a level reached, not a flow; ``owner``: whose share or completion rate a derived reading is.
    """

    def __init__(
        self,
        mention: Mention,
        unit: str,
        value: Decimal,
        measure: Measure,
        bound: Bound,
        verb: str,
        noun: str,
        indicator: str,
        scope: str,
        head: Head,
        clause: int,
        rules: tuple[str, ...],
        range_with: Mention | None,
        stock: bool,
        owner: str,
        noun_first: bool,
    ) -> None:
        self.mention = mention
        self.unit = unit
        self.value = value
        self.measure = measure
        self.bound = bound
        self.verb = verb
        self.noun = noun
        self.indicator = indicator
        self.scope = scope
        self.head = head
        self.clause = clause
        self.rules = rules
        self.range_with = range_with
        self.stock = stock
        self.owner = owner
        self.noun_first = noun_first

    @property
    def whole(self) -> str:
        """What a share is of; the noun itself for a plain reading."""
        return self.owner or self.noun
