"""File names as people are shown them: a name may be made to rewrite the line it is printed on."""

from __future__ import annotations

import re

# control characters and line ends, marks that turn the direction of what follows, halves of characters
_DECEIVING = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)


def visible_name(name: str) -> str:
    """The name with U+FFFD for every character that shows as none or changes how others show."""
    return _DECEIVING.sub("\ufffd", name)
