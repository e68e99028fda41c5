"""How numbers were read, for people: each number step by step, Chinese first with English beside it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flows.fetch import raw_path
from transforms.errors import UnreadableReport
from transforms.types import DocumentText, Observation, RawDocument

if TYPE_CHECKING:
    from transforms.trace import NumberTrace, Step, Trace

_INDENT = "    "


def sentence_lines(trace: Trace, kept: Mapping[str, Observation]) -> Iterator[str]:
    """The sentence with its numbers marked, where it stands, and what each number was read as.

    ``kept``: what the report keeps of its observations, by id, after the corrections.
    """
    place = " · ".join(filter(None, (trace.section, trace.role, trace.period)))
    yield f"句子 / sentence {trace.char_start}–{trace.char_end} ({place})"
    yield _INDENT + _one_line(trace.marked())
    for number in trace.numbers:
        yield from number_lines(number)
        if (read := number.observation) is not None and kept.get(read.observation_id) != read:
            yield from _corrected(kept.get(read.observation_id))


def number_lines(number: NumberTrace) -> Iterator[str]:
    """One number step by step."""
    if number.is_noise:
        yield f"  〔{number.text}〕 {number.kind}: 不是观测 / no observation"
        return
    yield f"  【{number.text}】{number.unit} {number.kind} ({number.rule}) {number.char_start}–{number.char_end}"
    if number.step is not None:
        yield from (_INDENT + line for line in _step_lines(number.step))
    if number.observation is not None:
        yield from (_INDENT + line for line in _resolved_lines(number, number.observation))
    if number.issue is not None:
        yield f"{_INDENT}未读 / unread: {number.issue.kind}: {number.issue.reason}"


def stored_lines(data_dir: Path, row: Mapping[str, Any]) -> Iterator[str]:
    """How the rules of today read the number of a warehouse's observation, from what was stored of it.

    One line alone where they are gone or the number is no longer found.
    """
    path = raw_path(data_dir, row["report_id"])
    if row["text"] is None and not path.is_file():
        yield f"原始文件不在了,不能重读 / the stored file is gone, so it cannot be read again: {path}"
        return
    try:
        trace = _trace_again(path, row)
    except UnreadableReport as error:
        yield f"现在的规则读不了这份报告 / the rules of today cannot read the report: {error.message}"
        return
    number = next((n for n in trace.numbers if n.char_start == row["char_start"]), None) if trace else None
    if trace is None or number is None:
        yield "现在的规则不认这个数字 / the rules of today find no such number"
        return
    yield "读的步骤 / how it was read:"
    yield from number_lines(number)
    if others := [n for n in trace.numbers if n is not number]:
        listed = ", ".join(f"{n.text}{n.unit} ({n.kind})" for n in others)
        yield f"{_INDENT}句中别的数字 / other numbers of the sentence: {listed}"
    if number.observation is None or not _agrees(number.observation, row):
        yield (
            f"{_INDENT}仓库里的读法不同,出自另一版规则或一条更正 / "
            "the warehouse reads otherwise, by other rules or a correction"
        )


def _trace_again(path: Path, row: Mapping[str, Any]) -> Trace | None:
    # heavy beside a query of the warehouse: only where the bytes are there to be read
    from seeds.load import load_seeds
    from transforms.lexicon import build_lexicon
    from transforms.pipeline import read_text
    from transforms.readers import read_document
    from transforms.trace import trace_sentence

    report_id, name, text = row["report_id"], row["source_name"], row["text"]
    if text is None:
        source = read_document(RawDocument(report_id, name, path.read_bytes()))
    else:
        source = DocumentText(report_id, name, text, row["encoding"], row["media_type"])

    lexicon = build_lexicon(load_seeds())
    return trace_sentence(read_text(source, lexicon), lexicon, row["char_start"], row["char_end"])


def _agrees(observation: Observation, row: Mapping[str, Any]) -> bool:
    same = ("unit", "indicator", "indicator_code", "measure", "status", "bound", "period", "scope")
    if float(observation.value) != float(row["value"]):
        return False
    return all(getattr(observation, name) == row[name] for name in same)


def _step_lines(step: Step) -> Iterator[str]:
    row = f"  同列 / row: {', '.join(step.row)}" if len(step.row) > 1 else ""
    yield f"左右 / slot: 左 left {_quoted(step.left)} 右 right {_quoted(step.right)}{row}"
    if step.predicate:
        yield f"谓语 / predicate: {_quoted(step.predicate)}"
    said = {"界 bound": step.bound, "变化 change": step.change, "标记 flags": ", ".join(step.flags)}
    notes = "".join(f"  {name} {value}" for name, value in said.items() if value)
    yield f"词头 / head: 剥去 peeled {_quoted(step.peeled)} 余下 left over {_quoted(step.subject_text)}{notes}"
    parts = {
        "动词 verb": step.verb,
        "名词 noun": step.noun,
        "主体 agent": step.agent,
        "范围 scope": step.scope,
        "占 share of": step.share_of,
    }
    known = [f"{name} {_quoted(value)}" for name, value in parts.items() if value]
    yield f"主语 / subject: {' '.join(known) or '无 none'}"
    asked = f"  先问 / asked before: {', '.join(step.asked)}" if step.asked else ""
    yield f"定名 / named by: {step.rule or '无 none'} → {_quoted(step.name)}{asked}"


def _resolved_lines(number: NumberTrace, observation: Observation) -> Iterator[str]:
    by = f" ← {number.code_of}" if number.code_of else ""
    yield (
        f"定期 / resolved: {observation.period} {observation.period_basis}, {observation.status} "
        f"({', '.join(number.resolved_by)}), 代码 code {observation.indicator_code or '—'}{by}"
    )
    yield f"读作 / reading: {_reading(observation)}"
    yield f"规则 / rules: {', '.join(observation.rule_ids)}"


def _corrected(kept: Observation | None) -> Iterator[str]:
    told = f"{kept.period}, {kept.status}, {_reading(kept)}" if kept else "不是观测 / no observation"
    yield f"{_INDENT}更正 / corrected: {told}"


def _reading(observation: Observation) -> str:
    base = ""
    if observation.value_base is not None and observation.unit != observation.unit_base:
        base = f" = {observation.value_base.normalize():f} {observation.unit_base}".rstrip()
    scope = f", 范围 scope {observation.scope}" if observation.scope else ""
    return (
        f"{observation.indicator} {observation.value:f} {observation.unit}".rstrip()
        + f"{base}, {observation.measure}, {observation.bound}{scope}"
    )


def _quoted(text: str) -> str:
    return f"「{_one_line(text)}」"


def _one_line(text: str) -> str:
    return " ".join(text.split())
