"""Free text as numbers: a bag of hashed words.

A word is a run of letters and digits after Unicode's NFKC normalization, in lower case. Bucket n of `buckets` holds how
often the words with CRC-32 (of UTF-8) modulo `buckets` = n occur; a last column holds the number of words. Nothing is
learnt from the data, so training and serving cannot differ, and a word that training did not see is no error. Languages
that are written without spaces make one word of each run of characters.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

_WORD = re.compile(r"[^\W_]+")
# Counts are gathered in blocks of so many numbers.
_NUMBERS_PER_BLOCK = 4_000_000


def words(text: str) -> list[str]:
    """The words of a text in their order."""
    return _WORD.findall(unicodedata.normalize("NFKC", text).lower())


def is_blank(text: str) -> bool:
    """Whether a text counts as missing: nothing but white space."""
    return not text or not text.replace("\ufeff", "").strip()


def encode_texts(texts: Sequence[str], buckets: int) -> NDArray[np.float32]:
    """A row for each text: the counts of `buckets` buckets, then the number of words; NaN for a missing text."""
    width = buckets + 1
    matrix = np.empty((len(texts), width), dtype=np.float32)
    step = max(1, _NUMBERS_PER_BLOCK // width)
    for start in range(0, len(texts), step):
        block = texts[start : start + step]
        places: list[int] = []
        for row, text in enumerate(block):
            base = row * width
            places.extend(base + crc32(word.encode()) % buckets for word in words(text))
        counts = np.bincount(np.array(places, dtype=np.int64), minlength=len(block) * width)
        rows = counts.reshape(len(block), width).astype(np.float32)
        rows[:, buckets] = rows[:, :buckets].sum(axis=1)
        rows[[is_blank(text) for text in block]] = np.nan
        matrix[start : start + step] = rows
    return matrix


def encode_text(text: str, buckets: int) -> NDArray[np.float32]:
    """The row of one text."""
    return encode_texts([text], buckets).reshape(-1)
