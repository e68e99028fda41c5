"""Landing places as people write them: what is a path, what a URL, and which URLs are refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.places import Url, absolute, split_places, to_place
from flows.settings import load_settings
from flows.timetable import Plan
from transforms.errors import UsageError


@pytest.mark.parametrize(
    "text",
    [
        "s3://bucket/landing",
        "s3://bucket/a:b@c/2021#1",
        "s3://arn:aws:s3:eu-west-1:123456789012:accesspoint/reports/landing",
        "https://example.org:8443/reports/",
        "https://[::1]:8443/reports/",
        "sftp://reader@example.org/landing",
        "memory://landing",
    ],
)
def test_urls_are_kept_as_written(text: str) -> None:
    place = to_place(text)
    assert place == Url(text)
    assert str(absolute(place)) == text


def test_the_protocol_may_be_in_capitals() -> None:
    assert to_place("S3://Bucket/X") == Url("s3://Bucket/X")


@pytest.mark.parametrize("text", ["landing", "/srv/landing", "./a:b", "C:\\landing", "c://landing", "s3:/x"])
def test_everything_else_is_a_path(text: str) -> None:
    assert to_place(text) == Path(text)


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("file:///srv/landing", "/srv/landing"),
        ("file://localhost/srv/a%20b", "/srv/a b"),
        (Path("/srv/收件").as_uri(), "/srv/收件"),
    ],
)
def test_file_urls_are_paths(text: str, path: str) -> None:
    assert to_place(text) == Path(path)


@pytest.mark.parametrize(
    "text",
    [
        "https://reader:opensesame@example.org/reports/",
        "https://opensesame@example.org/reports/",
        "https://example.org/report.pdf?X-Amz-Signature=opensesame",
        "s3://AKIAEXAMPLE:opensesame@bucket/landing",
        "s3://AKIAEXAMPLE:open/sesame@bucket/landing",
        "ftp://reader:open/sesame@example.org/",
        "sftp://reader:opensesame@example.org/",
    ],
)
def test_a_secret_in_a_url_is_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(UsageError) as refused:
        to_place(text)
    assert "sesame" not in refused.value.message
    assert "AKIA" not in refused.value.message


def test_a_file_url_of_another_machine_is_refused() -> None:
    with pytest.raises(UsageError, match="elsewhere"):
        to_place("file://elsewhere/srv")


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("a:b", ["a", "b"]),
        ("a::b:", ["a", "b"]),
        ("s3://bucket/x", ["s3://bucket/x"]),
        ("/srv/a:s3://bucket/x:b", ["/srv/a", "s3://bucket/x", "b"]),
        ("https://host:8443/x:https://host:9:memory://y", ["https://host:8443/x", "https://host:9", "memory://y"]),
    ],
)  # fmt: skip
def test_a_list_with_colons(text: str, parts: list[str]) -> None:
    assert split_places(text, ":") == parts


def test_a_list_with_semicolons() -> None:
    assert split_places("C:\\a;s3://bucket/x", ";") == ["C:\\a", "s3://bucket/x"]


def test_urls_in_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ZHENGBAO_LANDING", raising=False)
    config = tmp_path / "zhengbao.toml"
    config.write_text('landing = ["s3://bucket/x", "in", "file:///srv/in"]\n')
    assert load_settings().landing == (Url("s3://bucket/x"), tmp_path / "in", Path("/srv/in"))
    config.write_text('landing = "s3://bucket/x"\n')
    assert load_settings().landing == (Url("s3://bucket/x"),)
    monkeypatch.setenv("ZHENGBAO_LANDING", "s3://bucket/y:in")
    assert load_settings().landing == (Url("s3://bucket/y"), Path("in"))
    monkeypatch.setenv("ZHENGBAO_LANDING", "https://u:opensesame@example.org/")
    with pytest.raises(UsageError) as refused:
        load_settings()
    assert "sesame" not in refused.value.message


def test_a_plan_keeps_its_places_on_the_way_to_another_process() -> None:
    plan = Plan(cron="0 2 * * *", landing=(Url("s3://bucket/x"), Path("/srv/in")), data=Path("/srv/data"))
    assert Plan.model_validate_json(plan.model_dump_json()) == plan
