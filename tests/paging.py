"""Quality pages of real loads, written without the orchestration around them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import duckdb
from factories import memory_warehouse
from runs import SAMPLES

from flows.gate import WarehouseGate
from flows.pages import PageBuilder
from flows.quality import check_reports
from seeds.load import load_seeds
from transforms.lexicon import Lexicon, build_lexicon
from transforms.pipeline import read_report
from transforms.types import RawDocument, Report, ReportEntry, Seeds
from warehouse.loader import load
from warehouse.staging import stage_in_memory
from warehouse.types import HeldBack, LoadBatch

START = datetime(2024, 1, 2, 18, 30, tzinfo=UTC)

# each would do harm if it were markup: run, hide the page, break out of an attribute, close what surrounds it
HOSTILE = (
    '<script>document.title = "owned"</script>',
    "<img src=x onerror=\"document.title = 'owned'\">",
    "<style>body { display: none }</style>",
    '"><button autofocus onfocus="document.title = \'owned\'">',
    "</script><script>document.title = 'owned'</script>",
    "</textarea></p></section><a href=\"javascript:document.title='owned'\">here</a>",
    "' onmouseover='document.title=1' x='",
    "{{ 7 * 7 }}{% raw %}",
    "<!-- ]]> &lt;b&gt; &#60;b&#62;",
)
HOSTILE_TEXT = (
    "2021年西湖区政府工作报告\n(2021年2月1日在杭州市西湖区第十五届人民代表大会第五次会议上)\n\n各位代表:\n"
    "现在,我代表西湖区人民政府向大会报告工作。\n一、2020年工作回顾\n"
    + "坚持稳中求进工作总基调,经济社会平稳健康发展,人民生活持续改善,各项事业取得新的进步。\n" * 20
    + "\n".join(
        f"{markup}2020年,全区{markup}产值{number}.1亿元。" for number, markup in enumerate(HOSTILE, 3)
    )
    + "\n2020年,全区实现地区生产总值1647.1亿元,增长4.5%;一般公共预算收入294.1亿元,增长5.2%,其中5.5。\n"
    "二、2021年工作安排\n今年主要预期目标是:地区生产总值增长7%以上,一般公共预算收入增长6%左右。\n"
)
HOSTILE_NAME = '西湖"><img src=x onerror=alert(1)>.txt'


@cache
def seeds() -> Seeds:
    """The reference tables of the program."""
    return load_seeds()


@cache
def lexicon() -> Lexicon:
    """The words of the program."""
    return build_lexicon(seeds())


def sample(number: int) -> Report:
    """A sample report as it is read."""
    path = SAMPLES[number]
    return read(path.name, path.read_bytes())


def read(name: str, payload: bytes) -> Report:
    """A text as it is read."""
    import hashlib

    report_id = hashlib.sha256(payload).hexdigest()
    return read_report(RawDocument(report_id, name, payload), lexicon())


def hostile() -> Report:
    """A report every line of which would like to be markup."""
    return read(HOSTILE_NAME, HOSTILE_TEXT.encode())


class Loads:
    """A warehouse in memory that is loaded batch by batch, the pages of each load written as a run writes them."""

    def __init__(self, data_dir: Path, connection: duckdb.DuckDBPyConnection) -> None:
        self.data_dir = data_dir
        self.connection = connection
        self.number = 0
        self.given: dict[str, Report] = {}

    def add(
        self,
        reports: Sequence[Report],
        held_back: Sequence[HeldBack] = (),
        reuse: bool = True,
        rules: str = "r1",
    ) -> Path:
        """Load and publish; gives the folder of the pages."""
        return self.write(*self.bring(reports, held_back, rules), reuse)

    def bring(
        self, reports: Sequence[Report], held_back: Sequence[HeldBack] = (), rules: str = "r1"
    ) -> tuple[LoadBatch, WarehouseGate]:
        """Load what passes the three gates; gives what was loaded and what the gates found."""
        self.number += 1
        for report in reports:
            raw = self.data_dir / "raw" / report.document.source.report_id[:2]
            raw.mkdir(parents=True, exist_ok=True)
            text = report.document.source.text
            (raw / report.document.source.report_id).write_bytes(text.encode("utf-8"))
        checked, validation = check_reports(self.data_dir, reports, seeds())
        gate = WarehouseGate(self.data_dir, seeds().checks, checked, validation)
        self.given |= {report.document.source.report_id: report for report in reports}
        batch = LoadBatch(
            START + timedelta(days=self.number),
            rules,
            checked.reports,
            (*held_back, *checked.held_back),
            checked.quality,
            rows=stage_in_memory(reports),
            files_seen=len(reports),
        )
        load(self.connection, seeds(), batch, gate.judge)
        late = gate.checked.held_back[len(checked.held_back) :]
        return replace(batch.without(late), quality=gate.checked.quality), gate

    def reopen(self, wanted: Iterable[ReportEntry]) -> list[Report]:
        """The reports as they were brought: nobody could read from raw/ what a test changed."""
        return [self.given[entry.report_id] for entry in wanted]

    def write(
        self, batch: LoadBatch, gate: WarehouseGate, reuse: bool = True, most: int | None = None
    ) -> Path:
        """Write the pages of the load and put them in place; gives their folder."""
        target = self.data_dir / f"version{self.number}"
        target.mkdir()
        builder = PageBuilder(
            self.data_dir,
            seeds(),
            batch,
            gate.checked.blocked,
            gate.validation,
            self.reopen,
            reuse,
            most,
        )
        builder(target, self.connection)
        link = self.data_dir / "quality"
        link.unlink(missing_ok=True)
        link.symlink_to(target)
        return target


__all__ = [
    "HOSTILE",
    "HOSTILE_TEXT",
    "Loads",
    "hostile",
    "memory_warehouse",
    "read",
    "replace",
    "sample",
    "seeds",
]
