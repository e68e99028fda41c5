"""Where the warehouse is: the file in the data directory, or the lake that the settings name.

Standard library and DuckDB alone: ``zhengbao sql`` must answer at once.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from flows.datadir import find_config, find_data_dir, read_config
from transforms.errors import UsageError
from warehouse.lake import Lake, LakeAddress, check_catalogue
from warehouse.layout import Layout

WAREHOUSE_VARIABLE, FILES_VARIABLE = "ZHENGBAO_WAREHOUSE", "ZHENGBAO_LAKE_DATA"
_BUCKETS = ("s3://", "s3a://")


def find_layout(flag: Path | None = None) -> Layout:
    """Where things are, from the flag --data, the environment and the configuration. UsageError if that is wrong."""
    data = find_data_dir(flag)
    config = find_config()
    values = read_config(config)
    found = [
        os.environ.get(variable) or values.get(key, "")
        for key, variable in (("warehouse", WAREHOUSE_VARIABLE), ("lake_data", FILES_VARIABLE))
    ]
    warehouse, files = found
    if not isinstance(warehouse, str) or not isinstance(files, str):
        raise UsageError(
            f"设置有误 / invalid settings: {config}: warehouse, lake_data: 应为字符串 / strings are expected"
        )
    return make_layout(data, warehouse, files)


def make_layout(
    data: Path, warehouse: str = "", files: str = "", retries: int = 0, retry_seconds: float = 0.0
) -> Layout:
    """Where things are for these settings; see zhengbao.toml. UsageError for a lake's address that is none.

    A folder is taken relative to the configuration file, as ``data`` is.
    """
    if not warehouse:
        return Layout(data)
    config = find_config()
    place = files or str(data / "lake")
    if not place.startswith(_BUCKETS):
        base = config.parent if config and not os.environ.get(FILES_VARIABLE) else Path()
        place = str((base / Path(place).expanduser()).absolute())
    access = _access(os.environ)
    return Layout(data, Lake(LakeAddress(check_catalogue(warehouse), place, access, retries, retry_seconds)))


def _access(environment: Mapping[str, str]) -> dict[str, str]:
    """What opens a bucket, as the tools of S3 take it from the environment."""
    named = {
        "key_id": environment.get("AWS_ACCESS_KEY_ID"),
        "secret": environment.get("AWS_SECRET_ACCESS_KEY"),
        "session_token": environment.get("AWS_SESSION_TOKEN"),
        "region": environment.get("AWS_REGION") or environment.get("AWS_DEFAULT_REGION"),
    }
    server = urlsplit(environment.get("AWS_ENDPOINT_URL_S3") or environment.get("AWS_ENDPOINT_URL") or "")
    if server.netloc:
        named |= {
            "endpoint": server.netloc,
            "url_style": "path",
            "use_ssl": "true" if server.scheme == "https" else "false",
        }
    return {name: value for name, value in named.items() if value}
