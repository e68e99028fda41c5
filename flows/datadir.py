"""Where the configuration and the data directory are, found with the standard library alone.

``zhengbao sql`` must answer at once, so the little it needs lives here, apart from the validated settings.
"""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Any

from transforms.errors import UsageError

CONFIG_NAME = "zhengbao.toml"
DATA_VARIABLE = "ZHENGBAO_DATA"


def find_config() -> Path | None:
    """Path of the configuration file: in the working directory, else beside pyproject.toml, else None."""
    beside_project = Path(__file__).resolve().parent.parent
    for folder in (Path.cwd(), beside_project):
        candidate = folder / CONFIG_NAME
        if candidate.is_file() and (folder == Path.cwd() or (folder / "pyproject.toml").is_file()):
            return candidate
    return None


def read_config(path: Path | None) -> dict[str, Any]:
    """The keys of a configuration file, {} for None. UsageError if it is not UTF-8 TOML."""
    if path is None:
        return {}
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UsageError(f"配置文件读不了 / cannot read the settings file {path}: {error}") from error


def find_data_dir(flag: Path | None = None) -> Path:
    """Data directory: the flag, else ZHENGBAO_DATA, else ``data`` of the configuration, else ./data.

    UsageError if the configuration is broken or its ``data`` is not a string.
    """
    if flag is not None:
        return flag.absolute()
    if from_environment := os.environ.get(DATA_VARIABLE):
        return Path(from_environment).expanduser().absolute()
    config = find_config()
    configured = read_config(config).get("data")
    if config is None or configured is None:
        return Path("data").absolute()
    if not isinstance(configured, str):
        raise UsageError(f"设置有误 / invalid settings: {config}: data: 应为字符串 / a string is expected")
    return (config.parent / Path(configured).expanduser()).absolute()
