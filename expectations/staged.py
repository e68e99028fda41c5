"""The frames the suites look at, written where reports are read and read where they are judged."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from expectations.frames import observations_frame, reports_frame
from transforms.types import Report, Seeds

_REPORTS, _OBSERVATIONS = "checked_reports.parquet", "checked_observations.parquet"
_TEXT, _WORD = pa.large_string(), pa.dictionary(pa.int32(), pa.large_string())
# of columns that hold True, False or nothing
_FLAGS = ("unit_suits",)


def write_frames(reports: Sequence[Report], seeds: Seeds, folder: Path) -> None:
    """Writes both frames of some reports into an existing folder. OSError if it cannot."""
    for name, frame in (
        (_REPORTS, reports_frame(reports, seeds)),
        (_OBSERVATIONS, observations_frame(reports, seeds)),
    ):
        rows = pa.Table.from_pandas(frame, _schema(frame), preserve_index=False)
        words = [field.name for field in rows.schema if pa.types.is_dictionary(field.type)]
        # nobody asks the files for statistics, and texts that differ make no dictionary
        pq.write_table(rows, folder / name, use_dictionary=words, compression="lz4", write_statistics=False)


def read_reports(folders: Sequence[Path]) -> pd.DataFrame:
    """The frame of all reports of these folders, one at least."""
    return _read([folder / _REPORTS for folder in folders])


def read_observations(folders: Sequence[Path]) -> pd.DataFrame:
    """The frame of all observations of these folders, one at least."""
    return _read([folder / _OBSERVATIONS for folder in folders])


def _schema(frame: pd.DataFrame) -> pa.Schema:
    """The same for all frames of a kind: a column that happens to be empty would have a type of its own."""
    return pa.schema([(str(name), _kind(str(name), dtype)) for name, dtype in frame.dtypes.items()])


def _kind(name: str, dtype: object) -> pa.DataType:
    if name in _FLAGS:
        return pa.bool_()
    if isinstance(dtype, pd.CategoricalDtype):
        return _WORD
    return _TEXT if dtype in (object, "str") else pa.from_numpy_dtype(dtype)


def _read(paths: Sequence[Path]) -> pd.DataFrame:
    whole = pa.concat_tables([pq.read_table(path) for path in paths])
    frame: pd.DataFrame = whole.unify_dictionaries().to_pandas()
    return frame
