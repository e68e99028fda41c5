"""How each number of a sentence was read: the same reading as ``extract``, with every step kept.

Nothing is decided here. ``read_sentences`` reads; this module writes down what it passed through.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from transforms.elements import Head, Mention, Reading, Slot, Subject
from transforms.extract import SentenceRead, read_sentences
from transforms.lexicon import Lexicon
from transforms.linkers import Link
from transforms.mentions import find_mentions
from transforms.namers import NAMERS
from transforms.types import Document, Issue, Observation

_NAMER_RULES = tuple(namer.__name__ for namer in NAMERS)
# the yes-or-no fields of a head and of a subject
HEAD_FLAGS: Final = (
    "level_link", "arrived", "origin", "respectively", "each", "cumulative", "kept", "et_cetera", "joined",
    "qualified", "annual", "estimate", "target", "compared", "in_turn", "linked",
)  # fmt: skip
SUBJECT_FLAGS: Final = ("modifier", "attribute", "verb_last", "acts")


@dataclass(frozen=True, slots=True)
class Step:
    """From a number's slot to its name. ``row``: the numbers read together with it, itself included.

    ``peeled`` and ``subject_text`` are the two halves of what stood before the first number of the row; ``flags``
    say what the head and the subject were found to be. ``rule`` is '' where no rule could name the number;
    ``asked`` are the namers that had no answer before it.
    """

    left: str
    right: str
    predicate: str
    row: tuple[str, ...]
    peeled: str
    subject_text: str
    bound: str
    change: str
    flags: tuple[str, ...]
    verb: str
    noun: str
    agent: str
    scope: str
    share_of: str
    rule: str
    asked: tuple[str, ...]
    name: str


@dataclass(frozen=True, slots=True)
class NumberTrace:
    """One number of a sentence; offsets are source offsets of its digits.

    ``kind`` is quantity, rank, ratio, or the named kind of noise; ``rule`` found the number. An observation came
    of it, or an issue, or (noise, front matter) neither. ``resolved_by``: the rules of period and status;
    ``code_of``: the phrase under which the catalogue knows its indicator.
    """

    char_start: int
    char_end: int
    text: str
    kind: str
    is_noise: bool
    unit: str
    rule: str
    step: Step | None = None
    observation: Observation | None = None
    resolved_by: tuple[str, ...] = ()
    code_of: str = ""
    issue: Issue | None = None


@dataclass(frozen=True, slots=True)
class Trace:
    """One sentence with numbers, at source offsets; ``role`` and ``period`` are those of its section.

    ``role`` is '' where the sentence stands outside the report proper and was not read.
    """

    char_start: int
    char_end: int
    sentence: str
    section: str
    role: str
    period: str
    numbers: tuple[NumberTrace, ...]

    def marked(self, only: NumberTrace | None = None) -> str:
        """The sentence with 【】 around its numbers (or ``only`` one of them) and 〔〕 around noise."""
        pieces, position = [], self.char_start
        for number in self.numbers:
            if only is not None and number is not only:
                continue
            before, after = "〔〕" if number.is_noise else "【】"
            pieces += [self._source(position, number.char_start), before]
            pieces += [self._source(number.char_start, number.char_end), after]
            position = number.char_end
        return "".join([*pieces, self._source(position, self.char_end)])

    def _source(self, start: int, end: int) -> str:
        return self.sentence[start - self.char_start : end - self.char_start]


def trace_document(document: Document, lexicon: Lexicon) -> Iterator[Trace]:
    """Every sentence that holds a number, in order."""
    mentions = find_mentions(document.normal.text, lexicon)
    for sentence in read_sentences(document, lexicon, mentions):
        yield _trace(document, lexicon, sentence)


def trace_sentence(document: Document, lexicon: Lexicon, start: int, end: int) -> Trace | None:
    """The sentence that holds a number at the source offsets ``[start, end)``; None where none does."""
    for mention in (mentions := find_mentions(document.normal.text, lexicon)):
        first, last = document.normal.source_span(mention.start, mention.end)
        if first < end and start < last:
            break
    else:
        return None
    for sentence in read_sentences(document, lexicon, mentions):
        if mention in sentence.mentions:
            return _trace(document, lexicon, sentence)
    return None


def _trace(document: Document, lexicon: Lexicon, sentence: SentenceRead) -> Trace:
    start, end = document.normal.source_span(sentence.start, sentence.end)
    section = sentence.section
    return Trace(
        char_start=start,
        char_end=end,
        sentence=document.source.text[start:end],
        section=section.heading if section else "",
        role=section.role if section else "",
        period=section.period if section else "",
        numbers=tuple(_numbers(document, lexicon, sentence)),
    )


def _numbers(document: Document, lexicon: Lexicon, sentence: SentenceRead) -> Iterator[NumberTrace]:
    links = {slot.mention.start: (link, slot) for link in sentence.links for slot in link.group}
    readings = {reading.mention.start: reading for link in sentence.links for reading in link.readings}
    observations = {observation.char_start: observation for observation in sentence.observations}
    issues = {issue.char_start: issue for issue in sentence.issues}
    for mention in sentence.mentions:
        start, end = document.normal.source_span(mention.start, mention.end)
        text, noise = document.source.text[start:end], mention.kind == "noise"
        kind, unit = (mention.unit, "") if noise else (mention.kind, mention.unit)
        if mention.start not in links:
            yield NumberTrace(start, end, text, kind, noise, unit, mention.rule, issue=issues.get(start))
            continue
        link, slot = links[mention.start]
        observation, reading = observations.get(start), readings.get(mention.start)
        yield NumberTrace(
            start, end, text, kind, noise, slot.unit, mention.rule, _step(link, slot), observation,
            _resolved_by(observation, reading), _code_of(observation, reading, lexicon), issues.get(start),
        )  # fmt: skip


def _step(link: Link, slot: Slot) -> Step:
    first, head, subject = link.group[0], link.head, link.subject
    name = next(name for other, name in zip(link.group, link.names, strict=True) if other is slot)
    return Step(
        left=slot.left,
        right=slot.right,
        predicate=slot.predicate,
        row=tuple(_written(other.mention) for other in link.group),
        peeled=first.left[len(head.subject) :],
        subject_text=head.subject,
        bound=head.bound or "",
        change=" ".join(filter(None, (head.change, head.change_noun or head.change_word))),
        flags=(*_flags(head), *_flags(subject), *head.rules),
        verb=subject.verb,
        noun=subject.noun,
        agent=subject.agent,
        scope=subject.scope,
        share_of=subject.share_of,
        rule=link.rule,
        asked=_asked(link.rule),
        name=name.phrase,
    )


def _asked(rule: str) -> tuple[str, ...]:
    """The namers before the one that answered; none where the numbers were paired before any was asked."""
    if not rule:
        return _NAMER_RULES
    return _NAMER_RULES[: _NAMER_RULES.index(rule)] if rule in _NAMER_RULES else ()


def _flags(part: Head | Subject) -> list[str]:
    """Names of the yes-or-no fields that are set, and the gap a difference is measured by."""
    if isinstance(part, Subject):
        return [name for name in SUBJECT_FLAGS if getattr(part, name)]
    gap = [f"gap_{part.gap}"] if part.gap else []
    return [name for name in HEAD_FLAGS if getattr(part, name)] + gap


def _written(mention: Mention) -> str:
    return f"{mention.value:f}{mention.unit}"


def _resolved_by(observation: Observation | None, reading: Reading | None) -> tuple[str, ...]:
    """The rules that came after the linking: those of the period and the status."""
    if observation is None or reading is None:
        return ()
    return tuple(rule for rule in observation.rule_ids if rule not in reading.rules)


def _code_of(observation: Observation | None, reading: Reading | None, lexicon: Lexicon) -> str:
    if observation is None or reading is None or observation.indicator_code is None:
        return ""
    known = lexicon.code_of(observation.indicator) == observation.indicator_code
    return observation.indicator if known else reading.noun
