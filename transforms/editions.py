"""The fingerprint by which editions of one report know each other: the same text from another site, or corrected.

A change of what comes out needs a new ``RULES_VERSION``: old and new signatures cannot be compared.

In: an understood document. Out: a MinHash signature of what it tells, page furniture, scripts, spaces and punctuation
aside. The share of equal places of two signatures estimates the Jaccard similarity of the texts' shingles; who counts
as an edition of whom is decided where all reports are at hand (``warehouse/succession.sql``).
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from transforms.types import Document

# Places of a signature: the similarity is estimated to about 0.04, give or take
PLACES: Final = 128
# Five characters are about two words: common phrases repeat, sentences do not
_SHINGLE: Final = 5
# The shingles with the smallest hashes stand for all: a pass over every one would cost more than reading some reports
_SAMPLE: Final = 512
_MULTIPLIER: Final = 0x9E3779B97F4A7C15  # 2^64 by the golden ratio, odd: spreads neighbours apart
_UNTOLD: Final = ("front", "furniture")


def sign(document: Document) -> str:
    """``PLACES`` times four hex digits that the told text determines; '' for a text too short for any shingle."""
    import numpy as np

    told = "".join(
        document.normal.text[section.start : section.end]
        for section in document.sections
        if section.role not in _UNTOLD
    )
    hashes = np.sort(_hash_shingles(told))  # np.unique takes twenty times as long
    if not hashes.size:
        return ""
    distinct = hashes[np.flatnonzero(np.diff(hashes, prepend=hashes[:1] + 1))]
    sketch = _empty_sketch().copy()
    sketch.update_batch(distinct[:_SAMPLE].tolist())
    # the lower half of a place tells two apart as well as the whole: they are only ever compared for equality
    return str(sketch.hashvalues.astype(">u2").tobytes().hex())


def _hash_shingles(text: str) -> NDArray[np.uint32]:
    """A hash of every run of ``_SHINGLE`` characters, once Chinese characters, digits and letters stand alone."""
    import numpy as np

    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")
    kept = (codes >= 0x3400) & (codes <= 0x9FFF)
    for first, last in ("09", "az", "AZ"):
        kept |= (codes >= ord(first)) & (codes <= ord(last))
    letters = codes[kept].astype(np.uint64)
    count = max(letters.size - _SHINGLE + 1, 0)
    mixed = np.zeros(count, dtype=np.uint64)
    for at in range(_SHINGLE):  # a polynomial; 64-bit arithmetic wraps around
        mixed *= _MULTIPLIER
        mixed += letters[at : at + count]
    mixed ^= mixed >> 31
    mixed *= _MULTIPLIER
    return (mixed >> 32).astype(np.uint32)


@lru_cache(maxsize=1)
def _empty_sketch() -> Any:
    # Imported on first need: it brings SciPy along, and most commands read no report
    from datasketch import MinHash

    return MinHash(num_perm=PLACES, seed=1, scheme="affine32", hashfunc=int)
