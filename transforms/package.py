"""Parts of a DOCX file: a zip archive of XML, opened without trusting what either says of itself."""

from __future__ import annotations

import zipfile
import zlib
from io import BytesIO

from lxml import etree

from transforms.errors import UnreadableReport
from transforms.limits import Limits, refuse_over

_MOST_PARTS = 5_000
# the ways in which damage, a wrong header or a rare method shows itself
BROKEN_ZIP = (
    zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, RuntimeError, KeyError,
    OverflowError,
)  # fmt: skip


class Package:
    """An opened DOCX. Raises UnreadableReport (``damaged``, ``too_large``, ``encrypted``) where it cannot be."""

    def __init__(self, payload: bytes, limits: Limits) -> None:
        try:
            self._archive = zipfile.ZipFile(BytesIO(payload))
            self._parts = {info.filename: info for info in self._archive.infolist()}
        except BROKEN_ZIP as error:
            raise damaged(str(error)) from error
        refuse_over("too_large", ("DOCX 部件数", "parts of the DOCX:"), len(self._parts), _MOST_PARTS)
        self._limits = limits
        self._read = 0

    def names(self) -> list[str]:
        """Names of all parts, in order."""
        return sorted(self._parts)

    def parse(self, name: str) -> etree._Element | None:
        """The root of a part, None if there is no such part. No entities, no network, no depth beyond libxml2's."""
        info = self._parts.get(name)
        if info is None:
            return None
        self._read += info.file_size
        refuse_over("too_large", ("解压后字节数", "bytes unpacked:"), self._read, self._limits.unpacked_bytes)
        if info.flag_bits & 0x1:
            raise UnreadableReport("encrypted", "文件有密码 / the file is protected by a password")
        try:
            payload = self._archive.read(info)  # never more than it declares
        except BROKEN_ZIP as error:
            raise damaged(f"{name}: {error}") from error
        parser = etree.XMLParser(
            resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True
        )
        try:
            root = etree.fromstring(payload, parser)
        except etree.XMLSyntaxError as error:
            if "depth" in str(error).lower():
                raise UnreadableReport("too_deep", f"XML 嵌套过深 / XML nested too deep: {name}") from error
            raise damaged(f"{name}: {error}") from error
        if root.getroottree().docinfo.internalDTD is not None:
            # Office writes none; what declares entities means harm
            raise UnreadableReport("damaged", f"XML 中有 DTD / the XML has a DTD: {name}")
        return root


def damaged(what: str) -> UnreadableReport:
    """The refusal of a file that is cut off or broken."""
    first = what.splitlines()[0] if what else ""
    return UnreadableReport("damaged", f"文件不完整或已损坏 / the file is incomplete or damaged: {first}")
