"""The quarantine: the original bytes of what was held back, and beside them why."""

from __future__ import annotations

import hashlib
import json
import os
import re
import tempfile
import unicodedata
from collections.abc import Collection, Mapping
from contextlib import suppress
from pathlib import Path

from warehouse.layout import Layout, fsync_path, remove, write_file
from warehouse.types import HeldBack

REASON_JSON, REASON_TEXT = "reason.json", "reason.txt"
_UNSAFE = re.compile(r'[\\/:*?"<>|\s]+')
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)", re.IGNORECASE)
_LONGEST = 120  # bytes; file systems allow 255, and the folder puts the hash before the name


def write_quarantine(data_dir: Path, item: HeldBack) -> Path:
    """Puts one held-back file with its reasons into ``quarantine/<id>-<name>/`` and returns that folder.

    Doing it again changes nothing, or only the reasons if those are new. The name may be hostile: what is
    written stays inside the folder.
    """
    layout = Layout(data_dir)
    name = safe_name(item.source_name)
    folder = layout.quarantine / f"{safe_name(item.report_id[:12])}-{name}"
    files = {REASON_JSON: _reason_json(item), REASON_TEXT: _reason_text(item)}
    if item.payload is not None:
        files[_original_name(name)] = item.payload
    layout.quarantine.mkdir(parents=True, exist_ok=True)
    layout.work.mkdir(parents=True, exist_ok=True)
    staged = Path(tempfile.mkdtemp(prefix="quarantine-", dir=layout.work))
    try:
        staged.chmod(0o755)
        for file_name, payload in files.items():
            write_file(staged / file_name, payload)
        fsync_path(staged)
        if folder.is_dir():
            for file_name in files:
                os.replace(staged / file_name, folder / file_name)
            fsync_path(folder)
        else:
            staged.rename(folder)
            fsync_path(layout.quarantine)
    finally:
        remove(staged)
    return folder


def release(data_dir: Path, loaded: Mapping[str, str], held_back: Collection[str]) -> None:
    """Removes the folders of files that were held back once and are loaded now.

    ``loaded`` gives the file names of what is loaded by id, ``held_back`` the ids of what is held back. A folder
    that does not say whose it is stays; one that cannot be removed stays until the next call.
    """
    folder = Layout(data_dir).quarantine
    names = set(loaded.values())
    for entry in sorted(folder.iterdir()) if folder.is_dir() else ():
        with suppress(OSError):
            facts = _read_facts(entry)
            owner, name = facts.get("report_id"), facts.get("source_name")
            # bytes that could not be had are known by reason and name
            by_name = name in names and owner == _sha256(f"{facts.get('reason')}:{name}")
            if (owner in loaded or by_name) and owner not in held_back:
                remove(entry)


def safe_name(name: str) -> str:
    """A file name from any text: no separators, control characters or leading dots, at most 120 bytes."""
    text = unicodedata.normalize("NFC", name.encode("utf-8", "replace").decode("utf-8"))
    text = "".join(character for character in text if unicodedata.category(character)[0] != "C")
    text = _UNSAFE.sub("_", text).strip("._ ") or "file"
    if _RESERVED.match(text):
        text = f"_{text}"
    stem, dot, suffix = text.rpartition(".")
    if not dot or len(suffix) > 10:
        stem, suffix = text, ""
    room = _LONGEST - len((dot + suffix).encode() if suffix else b"")
    short = stem.encode()[:room].decode("utf-8", "ignore")
    return f"{short}.{suffix}" if suffix else short


def _original_name(name: str) -> str:
    return f"original-{name}" if name.casefold() in (REASON_JSON, REASON_TEXT) else name


def _reason_json(item: HeldBack) -> bytes:
    facts = {
        "report_id": item.report_id,
        "source_name": item.source_name,
        "reason": item.reason,
        "message": item.message,
    }
    # Escaped, so that lone surrogates and control characters of a hostile name survive.
    return (
        json.dumps(facts, ensure_ascii=not _is_plain(item.source_name + item.message), indent=2).encode()
        + b"\n"
    )


def _read_facts(folder: Path) -> dict[str, str]:
    try:
        facts = json.loads((folder / REASON_JSON).read_bytes())
    except ValueError:
        return {}
    return (
        {name: value for name, value in facts.items() if isinstance(value, str)}
        if isinstance(facts, dict)
        else {}
    )


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def _is_plain(text: str) -> bool:
    return not any("\ud800" <= character <= "\udfff" for character in text)


def _reason_text(item: HeldBack) -> bytes:
    name = "".join(
        c if unicodedata.category(c)[0] != "C" else "\N{REPLACEMENT CHARACTER}" for c in item.source_name
    )
    lines = [
        f"文件 / file: {name}",
        f"原因代码 / reason code: {item.reason}",
        f"说明 / explanation: {item.message}",
        f"SHA-256: {item.report_id}",
        "",
        "修正后把新文件放回接收文件夹，下次运行即会重新读取。",
        "Put a corrected file into the landing folder: the next run reads it.",
    ]
    return ("\n".join(lines) + "\n").encode("utf-8", "replace")
