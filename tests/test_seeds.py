"""The reference CSVs: what ships is valid, what breaks their documented schema is named by file and line."""

from __future__ import annotations

import csv
import re
import shutil
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from seeds.build_regions import shorten
from seeds.load import check_seeds, load_seeds
from transforms.errors import SeedError
from transforms.regions import RegionIndex, is_valid
from transforms.types import Seeds

SEEDS = Path(__file__).parents[1] / "seeds"


@pytest.fixture(scope="module")
def seeds() -> Seeds:
    return load_seeds()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for path in SEEDS.glob("*.csv"):
        shutil.copy(path, tmp_path / path.name)
    return tmp_path


def append(folder: Path, file: str, text: str) -> int:
    """Add lines to a file; gives the number of the first one."""
    path = folder / file
    before = path.read_bytes()
    path.write_bytes(before + text.encode("utf-8"))
    return before.count(b"\n") + 1


def test_shipped_seeds_are_valid() -> None:
    assert check_seeds(SEEDS) == []


def test_every_column_is_documented_with_a_meaning() -> None:
    with (SEEDS / "columns.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    documented = {(row["file"], row["column"]) for row in rows}
    for path in SEEDS.glob("*.csv"):
        if path.name != "columns.csv":
            with path.open(encoding="utf-8", newline="") as stream:
                assert {(path.name, column) for column in next(csv.reader(stream))} <= documented
    assert all(row["meaning"] for row in rows)


def test_aliases_join_their_indicator_in_file_order(seeds: Seeds) -> None:
    with (SEEDS / "indicator_aliases.csv").open(encoding="utf-8", newline="") as stream:
        expected = [row["alias"] for row in csv.DictReader(stream) if row["code"] == "gdp"]
    gdp = next(indicator for indicator in seeds.indicators if indicator.code == "gdp")
    assert list(gdp.aliases) == expected
    assert gdp.name_zh == "地区生产总值"


def test_units_and_cues_arrive_typed(seeds: Seeds) -> None:
    units = {unit.spelling: unit for unit in seeds.units}
    assert units["元"].factor == Decimal(1)
    assert isinstance(units["元"].factor, Decimal)
    assert "超过" in seeds.cues["at_least_before"]


FAULTS = [
    ("units.csv", "怪单位,怪,money,元,很多\n", "factor"),
    ("units.csv", "怪单位,怪,money,元,0\n", "factor"),
    ("units.csv", "怪单位,怪,money,元\n", "4"),
    ("units.csv", "元,元,money,元,1\n", "重复"),
    ("units.csv", ",元,money,元,1\n", "不能为空"),
    ("units.csv", "怪单位 ,怪,money,元,1\n", "空格"),
    ("indicator_aliases.csv", "新别名,no_such_code,\n", "indicators.code"),
    ("indicator_aliases.csv", "GDP,gdp,\n", "重复"),
    ("indicator_aliases.csv", "财政总收入,gdp,\n", "另一指标"),
    ("cues.csv", "no_such_kind,词,\n", "kind"),
    ("cues.csv", "estimate,\"没有结尾\n", "CSV"),
    ("editions.csv", "unsure,0.9,\n", "重复"),
    ("editions.csv", "unsure,1.1,\n", "similarity"),
    ("editions.csv", "unsure,0.7,\n", "0.75"),
    ("editions.csv", "agree,0,\n", "similarity"),
    ("regions.csv", "999999,某区,某,village,330100,,\n", "level"),
    ("regions.csv", "999999,某区,某,county,888888,,\n", "regions.code"),
    ("regions.csv", "999999,某区,某,county,330100,20,\n", "valid_from"),
    ("regions.csv", "999999,某区,某,county,330100,2022,2001\n", "valid_from"),
    ("regions.csv", "999999,某区,某,county,999999,,\n", "上级"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "line", "named"), FAULTS)
def test_faulty_rows_are_named_by_line(folder: Path, file: str, line: str, named: str) -> None:
    number = append(folder, file, line)
    problems = check_seeds(folder)
    assert any(problem.startswith(f"{file}:{number}: ") and named in problem for problem in problems), (
        problems
    )


def test_all_problems_are_reported_at_once(folder: Path) -> None:
    for file, line, _ in FAULTS[:4]:
        append(folder, file, line)
    append(folder, "cues.csv", "no_such_kind,词,\n")
    (folder / "notes.csv").write_text("a,b\n", "utf-8")
    with pytest.raises(SeedError) as caught:
        load_seeds(folder)
    files = {problem.partition(":")[0] for problem in caught.value.problems}
    assert files == {"units.csv", "cues.csv", "notes.csv"}
    assert caught.value.problems == check_seeds(folder)


def test_header_must_be_the_documented_one(folder: Path) -> None:
    path = folder / "units.csv"
    path.write_text(path.read_text("utf-8").replace("dimension,base", "kind,base", 1), "utf-8")
    problems = check_seeds(folder)
    assert any(problem.startswith("units.csv:1: ") and "'kind'" in problem for problem in problems)
    assert any(problem.startswith("units.csv:1: ") and "dimension" in problem for problem in problems)


def test_missing_and_wrongly_encoded_files_are_named(folder: Path) -> None:
    (folder / "units.csv").unlink()
    cues = folder / "cues.csv"
    cues.write_bytes(cues.read_bytes() + "estimate,大约,\n".encode("gb18030"))
    problems = check_seeds(folder)
    assert any(problem.startswith("units.csv:1: 文件不存在") for problem in problems)
    assert any(problem.startswith("cues.csv:") and "UTF-8" in problem for problem in problems)


def test_empty_folder_is_a_problem_and_no_crash(tmp_path: Path) -> None:
    assert check_seeds(tmp_path) == ["columns.csv:1: 文件不存在 / file is missing"]
    with pytest.raises(SeedError):
        load_seeds(tmp_path)


def test_a_spreadsheet_may_add_its_byte_order_mark(folder: Path) -> None:
    path = folder / "units.csv"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert check_seeds(folder) == []


def test_divisions_are_complete_in_number(seeds: Seeds) -> None:
    current = Counter(region.level for region in seeds.regions if region.valid_to is None)
    assert current["country"] == 1
    assert current["province"] == 34
    assert current["city"] == 333
    assert current["county"] >= 2840


def test_divisions_are_a_tree(seeds: Seeds) -> None:
    levels = {"country": 0, "province": 1, "city": 2, "county": 3}
    by_code = {region.code: region for region in seeds.regions}
    assert len({(region.code, region.valid_from) for region in seeds.regions}) == len(seeds.regions)
    for region in seeds.regions:
        if region.parent_code is not None:
            assert levels[by_code[region.parent_code].level] < levels[region.level]
        else:
            assert region.code == "100000"


@pytest.mark.parametrize(
    ("code", "name", "year", "valid"),
    [
        ("330105", "拱墅区", 2017, True),
        ("330105", "拱墅区", 2022, True),
        ("330103", "下城区", 2020, True),
        ("330103", "下城区", 2022, False),
        ("330104", "江干区", 2021, True),
        ("330104", "江干区", 2022, False),
        ("330110", "余杭区", 2019, True),
        ("330110", "余杭区", 2022, True),
        ("330113", "临平区", 2020, False),
        ("330113", "临平区", 2021, True),
        ("330114", "钱塘区", 2020, False),
        ("330114", "钱塘区", 2024, True),
        ("330109", "萧山区", 2022, True),
        ("330106", "西湖区", 1990, True),
        ("330111", "富阳区", 2022, True),
        ("330112", "临安区", 2022, True),
        ("330181", "萧山市", 1999, True),
        ("330181", "萧山市", 2010, False),
    ],
)
def test_hangzhou_through_the_years(seeds: Seeds, code: str, name: str, year: int, valid: bool) -> None:
    region = RegionIndex(seeds.regions).get(code, year)
    assert region is not None
    assert region.name == name
    assert region.parent_code == "330100"
    assert is_valid(region, year) is valid


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("萧山区", "萧山"),
        ("内蒙古自治区", "内蒙古"),
        ("广西壮族自治区", "广西"),
        ("恩施土家族苗族自治州", "恩施"),
        ("巴音郭楞蒙古自治州", "巴音郭楞"),
        ("双江拉祜族佤族布朗族傣族自治县", "双江"),
        ("鄂温克族自治旗", "鄂温克"),
        ("香港特别行政区", "香港"),
        ("浦东新区", "浦东"),
        ("泗县", "泗县"),
        ("阿里地区", "阿里"),
    ],
)
def test_short_names_are_as_said(name: str, short: str) -> None:
    assert shorten(name) == short


def test_names_are_found_longest_first(seeds: Seeds) -> None:
    regions = RegionIndex(seeds.regions)
    assert regions.full_names_in("2026年内蒙古自治区政府工作报告") == ["内蒙古自治区"]
    assert regions.full_names_in("杭州市萧山区人民政府") == ["杭州市", "萧山区"]
    assert regions.full_names_in("改造主城区道路") == []
    lowest = regions.find_lowest("杭州市西湖区2023年政府工作报告摘要", 2023)
    assert lowest is not None
    assert lowest.code == "330106"
    assert regions.find("西湖区", 2023) is None
    assert regions.name_of("100000") == "全国"


def test_every_kind_of_cue_is_explained() -> None:
    folder = Path(__file__).parent.parent
    with (folder / "seeds" / "cues.csv").open(encoding="utf-8", newline="") as handle:
        kinds = {row["kind"] for row in csv.DictReader(handle)}
    explained = set(re.findall(r"`([a-z_]+)`", (folder / "docs" / "cues.md").read_text(encoding="utf-8")))
    assert kinds - explained == set()
