"""Settings of a run: zhengbao.toml, overridden by ZHENGBAO_… variables, overridden by flags.

Every key is described in zhengbao.toml. A key that is unknown or has a wrong type is a UsageError that names
it, so that a typing slip never silently means the default.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    InitSettingsSource,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from flows.datadir import find_config, find_data_dir, read_config
from flows.lakes import make_layout
from flows.places import Place, Url, below, split_places, to_place
from transforms.errors import UsageError
from transforms.limits import Limits
from warehouse.layout import Layout

_MB = 2**20


class Settings(BaseSettings):
    """Validated settings. ``data`` is absolute; ``landing`` is empty when none is configured."""

    model_config = SettingsConfigDict(
        env_prefix="ZHENGBAO_", env_ignore_empty=True, extra="forbid", frozen=True
    )

    data: Path = Path("data")
    warehouse: str = ""
    lake_data: str = ""
    landing: Annotated[tuple[Place, ...], NoDecode] = ()
    lock_timeout: float = Field(default=600, ge=0)
    batch_characters: int = Field(default=1_000_000, gt=0)
    processes: int = Field(default=0, ge=0)
    engine: Literal["local", "dask"] = "local"
    scheduler: str = ""
    staging: str = ""
    report_pages: int = Field(default=200, ge=0)
    retries: int = Field(default=2, ge=0)
    retry_seconds: float = Field(default=2.0, ge=0)
    cron: str = "0 2 * * *"
    notify: Annotated[tuple[str, ...], NoDecode] = ()
    max_file_mb: float = Field(default=64, gt=0)
    max_archive_files: int = Field(default=20_000, gt=0)
    max_unpacked_mb: float = Field(default=1024, gt=0)
    max_archive_depth: int = Field(default=2, ge=1)
    max_pages: int = Field(default=1_000, gt=0)
    max_characters: int = Field(default=20_000_000, gt=0)
    max_nesting: int = Field(default=1_000, gt=0)
    max_read_seconds: float = Field(default=60, gt=0)
    max_read_memory_mb: float = Field(default=2048, gt=0)

    @property
    def limits(self) -> Limits:
        """How much one input may ask for before it is held back."""
        return Limits(
            file_bytes=int(self.max_file_mb * _MB),
            members=self.max_archive_files,
            unpacked_bytes=int(self.max_unpacked_mb * _MB),
            archive_depth=self.max_archive_depth,
            pages=self.max_pages,
            characters=self.max_characters,
            nesting=self.max_nesting,
            seconds=self.max_read_seconds,
            memory_bytes=int(self.max_read_memory_mb * _MB),
        )

    def layout(self) -> Layout:
        """Where things are. UsageError for a lake's address that is none, or holds a password."""
        return make_layout(self.data, self.warehouse, self.lake_data, self.retries, self.retry_seconds)

    @field_validator("landing", mode="before")
    @classmethod
    def _split_paths(cls, value: Any) -> Any:
        """One string is a list with the separator of PATH, as an environment variable writes it."""
        return [to_place(part) for part in split_places(value)] if isinstance(value, str) else value

    @field_validator("notify", mode="before")
    @classmethod
    def _split_addresses(cls, value: Any) -> Any:
        """An environment variable separates addresses by blanks."""
        return value.split() if isinstance(value, str) else value

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Flags, then the environment, then the configuration file."""
        return init_settings, env_settings, InitSettingsSource(settings_cls, _config_values())

    @field_validator("staging")
    @classmethod
    def _check_url(cls, value: str) -> str:
        """A URL, and none with a secret in it."""
        if value and not isinstance(to_place(value), Url):
            raise ValueError("应为网址,如 s3://桶/文件夹 / a URL such as s3://bucket/folder is expected")
        return value


def load_settings(data: Path | None = None, **flags: Any) -> Settings:
    """Settings in force; ``data`` is the flag --data, ``flags`` are others by key, None where not given.

    UsageError names every key that is wrong.
    """
    given = {key: value for key, value in flags.items() if value is not None}
    try:
        return Settings(data=find_data_dir(data), **given)
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        raise UsageError(f"设置有误 / invalid settings: {faults}") from error


def require_engine(settings: Settings) -> None:
    """UsageError where the engine that is set needs what is not installed."""
    if settings.engine == "dask" and find_spec("prefect_dask") is None:
        raise UsageError("engine = dask 需要安装 / needs: pip install 'zhengbao[dask]'")


def _config_values() -> dict[str, Any]:
    """Values of the configuration file, its paths taken relative to it."""
    config = find_config()
    values = read_config(config)
    if "notify" in values:
        raise UsageError(
            f"通知地址含密钥,请放在环境变量 / addresses hold secrets and belong into ZHENGBAO_NOTIFY: {config}"
        )
    landing = values.get("landing")
    landing = [landing] if isinstance(landing, str) else landing
    if config is not None and isinstance(landing, list):
        values["landing"] = [
            below(config.parent, item) if isinstance(item, str) else item for item in landing
        ]
    return values
