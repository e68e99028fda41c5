"""Units put together of a number word and a unit, or of a unit per another, have their exact factor."""

from __future__ import annotations

from decimal import Decimal

import pytest
from factories import (
    TEXT,
    make_batch,
    make_observation,
    make_report,
    make_seeds,
    memory_warehouse,
    rows,
)

from transforms.types import Unit
from transforms.units import resolve_unit
from warehouse.loader import load

UNITS = {unit.spelling: unit for unit in make_seeds().units}


@pytest.mark.parametrize(
    ("written", "factor", "base"),
    [
        ("元", "1", "元"),
        ("万元", "10000", "元"),
        ("万亿元", "1000000000000", "元"),
        ("万亩", "6666666.66666667", "平方米"),
        ("元/人", "1", "元/人"),
        ("亿元/亩", "100000000", "元/亩"),
        ("万", "10000", ""),
    ],
)
def test_a_unit_is_worth_what_its_parts_are(written: str, factor: str, base: str) -> None:
    found = resolve_unit(written, UNITS)
    assert found is not None
    assert (found.spelling, found.factor, found.base) == (written, Decimal(factor), base)


@pytest.mark.parametrize("written", ["挺", "万挺", "挺/人", "元万"])
def test_what_has_no_catalogue_unit_has_no_factor(written: str) -> None:
    assert resolve_unit(written, UNITS) is None


def test_composed_units_stand_in_the_dimension() -> None:
    figures = [
        make_observation(TEXT, unit, "307.85", unit=unit, value_base=base, unit_base=name)
        for unit, base, name in (("百亿元", Decimal(3078500000000), "元"), ("万挺", None, None))
    ]
    with memory_warehouse() as con:
        for ordinal, figure in enumerate(figures):
            load(con, make_seeds(), make_batch(make_report(f"{ordinal}.txt", observations=(figure,))))
        query = "SELECT factor::DOUBLE, unit_base, dimension, retired FROM dim_unit WHERE unit = ?"
        # the second load knows nothing of the first one's unit and leaves it as it is
        assert rows(con, query, "百亿元") == [(1e10, "元", "money", False)]
        assert rows(con, query, "万挺") == [(None, None, None, True)]
        assert rows(con, query, "") == [(1.0, "", None, False)]


def test_a_changed_catalogue_changes_what_is_composed_of_it() -> None:
    figure = make_observation(TEXT, "x", "307.85", unit="百亩", value_base=Decimal(1), unit_base="平方米")
    seeds = make_seeds()
    other = type(seeds)(
        seeds.regions,
        (
            *(unit for unit in seeds.units if unit.spelling != "亩"),
            Unit("亩", "平方米", "area", Decimal(600)),
        ),
        seeds.indicators,
        seeds.cues,
    )
    with memory_warehouse() as con:
        load(con, seeds, make_batch(make_report("a.txt", observations=(figure,))))
        load(con, other, make_batch(make_report("b.txt")))
        assert rows(con, "SELECT factor::DOUBLE FROM dim_unit WHERE unit = '百亩'") == [(60000.0,)]
