"""Messages and metrics of the real program, sent to a real web server and a real mail server."""

from __future__ import annotations

import json
import re
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from runs import GOOD, clean_environment, zhengbao

from flows.notify import Message, about_failure, send
from flows.output import PlainNarrator

NOT_A_REPORT = "本店今日特价,欢迎光临。苹果5元,香蕉3元。" * 30


@contextmanager
def web_server() -> Iterator[tuple[int, list[dict[str, Any]]]]:
    """Port of a server on loopback, and what it was sent."""
    received: list[dict[str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            received.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Silent."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1], received
        server.shutdown()


@contextmanager
def mail_server() -> Iterator[tuple[int, list[str]]]:
    """Port of a server on loopback, and the texts of the mails it was given."""
    received: list[str] = []

    class Handler:
        async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
            mail = message_from_bytes(envelope.content, policy=policy.default)
            body = mail.get_body(("plain",))
            received.append(f"{mail['Subject']}\n{body.get_content() if body else ''}")
            return "250 OK"

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(Handler(), hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield port, received
    finally:
        controller.stop()


def _metrics(data: Path) -> dict[str, float]:
    text = (data / "metrics.prom").read_text(encoding="utf-8")
    return {name: float(value) for name, value in re.findall(r"(?m)^(zhengbao_\w+) (\S+)$", text)}


def test_what_was_held_back_is_told(tmp_path: Path) -> None:
    landing, data = tmp_path / "landing", tmp_path / "data"
    landing.mkdir()
    (landing / "good.txt").write_text(GOOD, encoding="utf-8")
    (landing / "bad\u202e.txt").write_text(NOT_A_REPORT, encoding="utf-8")
    with web_server() as (web, posted), mail_server() as (smtp, mailed):
        addresses = (
            f"json://someone:opensesame@127.0.0.1:{web}/hook",
            f"mailto://127.0.0.1:{smtp}?from=zhengbao@example.org&to=desk@example.org",
            "json://someone:opensesame@127.0.0.1:9/nobody",
        )
        done = zhengbao(
            "run", landing, "--data", data, env=clean_environment(ZHENGBAO_NOTIFY=" ".join(addresses))
        )
    assert done.code == 0, done.err
    (post,), (mail,) = posted, mailed
    for told in (f"{post['title']}\n{post['message']}", mail):
        assert "扣留 / held back 1" in told
        assert re.search(r"bad.?\.txt: .+not a government report", told), told
        assert "\u202e" not in told
        assert str(data / "quality" / "index.html") in told
    # the third address is told as one that does not answer, without its secret
    assert "消息未送达" in done.err
    assert "opensesame" not in done.out + done.err
    metrics = _metrics(data)
    assert metrics["zhengbao_last_run_success"] == 1
    assert metrics["zhengbao_last_load_reports"] == metrics["zhengbao_reports"] == 1
    assert metrics["zhengbao_last_load_held_back"] == 1
    assert metrics["zhengbao_last_load_numbers"] >= metrics["zhengbao_last_load_numbers_explained"] > 0


def test_a_failed_load_is_told(tmp_path: Path) -> None:
    landing, data = tmp_path / "landing", tmp_path / "data"
    landing.mkdir()
    (landing / "good.txt").write_text(GOOD, encoding="utf-8")
    data.mkdir()
    # a folder where the warehouse should be: nothing can be published over it
    (data / "warehouse.duckdb").mkdir()
    with web_server() as (port, posted):
        done = zhengbao(
            "run", landing, "--data", data, env=clean_environment(ZHENGBAO_NOTIFY=f"json://127.0.0.1:{port}")
        )
    assert done.code == 1
    assert "Traceback" not in done.err
    (post,) = posted
    assert "入库失败" in post["title"]
    assert str(data) in post["message"]
    assert _metrics(data)["zhengbao_last_run_success"] == 0


def test_addresses_in_the_settings_file_are_refused(tmp_path: Path) -> None:
    (tmp_path / "zhengbao.toml").write_text(
        'notify = ["json://user:opensesame@127.0.0.1"]\n', encoding="utf-8"
    )
    done = zhengbao("run", "--data", tmp_path / "data", env=clean_environment(), cwd=tmp_path)
    assert done.code == 2
    assert "ZHENGBAO_NOTIFY" in done.err
    assert "opensesame" not in done.err


def test_a_message_is_lines_that_can_be_read() -> None:
    message = Message("t", ("a\nb\u202ec", "x" * 1000))
    first, second = message.body.splitlines()
    assert first == "a�b�c"
    assert len(second) < 400


def test_an_address_that_is_none_is_told_by_its_place(capsys: Any) -> None:
    send(about_failure(Path("data"), "why"), ["nonsense secret"], PlainNarrator(sys.stderr))
    told = capsys.readouterr().err
    assert "no. 1" in told
    assert "secret" not in told
