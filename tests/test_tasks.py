"""Promises and their progress: the task table of a sample row by row, and lists of livelihood projects."""

from __future__ import annotations

import itertools

import pytest
from reading import read, sample


def test_task_table_is_read_row_by_row() -> None:
    tasks = sample("002").tasks
    assert len(tasks) == 82
    assert [row.ordinal for row in tasks] == list(range(1, 83))
    first = tasks[0]
    assert first.category == "支持民营企业健康发展"
    assert first.content.startswith("提升政策兑现时效")
    assert (first.progress or "").startswith("已上线15条政策")
    assert all(row.progress for row in tasks)
    categories = [category for category, _ in itertools.groupby(row.category for row in tasks)]
    assert len(categories) == 19
    assert categories[-1] == "全面加强政府自身建设"


@pytest.mark.parametrize(
    ("content", "paragraphs", "end"),
    [
        ("推进5G网络等新基建发展", 2, "正式完成签约16家企业。"),
        ("大力实施扬尘污染防控行动", 3, "34家。"),
        ("加大城乡低保", 2, "入户康复指导128人次。"),
        ("推进老年教育向基层延伸", 2, "三年提升行动的实施方案》。"),
        ("发展住房租赁业", 2, "78.16%。。"),
    ],
)
def test_progress_of_several_paragraphs_belongs_to_one_row(content: str, paragraphs: int, end: str) -> None:
    row = next(row for row in sample("002").tasks if row.content.startswith(content))
    assert row.progress is not None
    assert row.progress.count("\n") == paragraphs - 1
    assert row.progress.endswith(end)
    text = sample("002").normal.text[row.start : row.end]
    assert text.startswith(content)
    assert text.endswith(end)


def test_livelihood_list_of_a_review_is_its_own_progress() -> None:
    tasks = sample("000").tasks
    assert [row.ordinal for row in tasks] == list(range(1, 11))
    assert tasks[0].content.startswith("6个老旧小区综合改造工程全部开工")
    assert tasks[9].content == "完成33个体育场地建设,完成8个城市书房定点签约。"
    assert all(row.progress == row.content and row.category == "民生实事" for row in tasks)


def test_a_paragraph_of_a_single_mark_stays_in_its_row() -> None:
    document = read(
        "2021年余杭区民生实事项目完成情况\n发布日期：2021-12-30\n项目名称\n工作内容\n完成情况\n"
        "老旧小区改造\n改造老旧小区20个。\n已完成22个。\n。\n"
    )
    (row,) = document.tasks
    assert row.content == "改造老旧小区20个。"
    assert (row.progress or "").startswith("已完成22个。")


def test_task_table_with_running_numbers() -> None:
    document = read(
        "2021年余杭区民生实事项目完成情况\n发布日期：2021-12-30\n序号\n项目名称\n工作内容\n完成情况\n"
        "1\n老旧小区改造\n改造老旧小区20个。\n已完成22个。\n2\n养老服务\n新建养老中心5家。\n已建成5家,完成率100%。\n"
    )
    assert document.meta.report_type == "task_progress"
    assert [(row.category, row.content, row.progress) for row in document.tasks] == [
        ("老旧小区改造", "改造老旧小区20个。", "已完成22个。"),
        ("养老服务", "新建养老中心5家。", "已建成5家,完成率100%。"),
    ]
