"""Times: texts into instants (milliseconds since 1970-01-01T00:00:00Z), and instants into the parts that a model sees.

ISO 8601 is always understood, besides the format that the definition declares: `epoch-seconds`, `epoch-milliseconds`,
or a pattern of strftime directives. Ingest reads times in the same way (core/data/instant-reader.ts); both are held to
test/fixtures/data/instants.json. A time without an offset is UTC.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

# Reads a text without spaces around; raises ValueError for what is no time.
InstantReader = Callable[[str], int]

TIME_PARTS = ("minute", "hour", "weekday", "day", "day-of-year", "month", "year", "elapsed-days")
_EARLIEST = -62_167_219_200_000
_LATEST = 253_402_300_799_999
_MONTHS = [
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
]
_WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
_ISO = re.compile(
    r"(?P<Y>\d{4})-(?P<m>\d\d)-(?P<d>\d\d)"
    r"(?:[Tt ](?P<H>\d\d):(?P<M>\d\d)(?::(?P<S>\d\d)(?:[.,](?P<f>\d+))?)?(?P<z>[Zz]|[+-]\d\d:?\d\d)?)?",
    re.ASCII,
)
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
_ANY_MONTH = "(?i:" + "|".join(_MONTHS + [name[:3] for name in _MONTHS]) + ")"
_ANY_WEEKDAY = "(?i:" + "|".join(_WEEKDAYS + [name[:3] for name in _WEEKDAYS]) + ")"
_FIELDS = {
    "Y": r"(?P<Y>\d{4})",
    "y": r"(?P<y>\d\d)",
    "b": f"(?P<b>{_ANY_MONTH})",
    "B": f"(?P<b>{_ANY_MONTH})",
    "a": _ANY_WEEKDAY,
    "A": _ANY_WEEKDAY,
    "p": r"(?P<p>[AaPp][Mm])",
    "f": r"(?P<f>\d{1,33})(?!\d)",
    "z": r"(?P<z>[Zz]|[+-]\d\d(?::?\d\d)?)",
    "%": "%",
}
_ONE_OR_TWO_DIGITS = "mdHIMS"
_PIECES = re.compile(r"%(.)|(.)", re.DOTALL)


def instant_reader(declared: str | None) -> InstantReader:
    """A reader of a declared format and of ISO 8601. Raises ValueError when the format is wrong."""
    if declared is None:
        return _read_iso
    if declared == "epoch-seconds":
        read: InstantReader = lambda text: math.floor(_number(text) * 1_000 + 0.5)  # noqa: E731
    elif declared == "epoch-milliseconds":
        read = lambda text: math.floor(_number(text))  # noqa: E731
    else:
        pattern = _compile(declared)
        read = lambda text: _instant(pattern.fullmatch(text))  # noqa: E731

    def either(text: str) -> int:
        try:
            return _in_range(read(text))
        except ValueError:
            return _read_iso(text)

    return either


def expected_time(declared: str | None) -> str:
    """What a time must look like, for messages."""
    if declared is None:
        return "a time in ISO 8601 such as 2001-12-31T10:00:00Z"
    return f"a time in the format {declared} or in ISO 8601"


def _compile(declared: str) -> re.Pattern[str]:
    pieces = _PIECES.findall(declared)

    def is_number(index: int) -> bool:
        if not 0 <= index < len(pieces):
            return False
        directive, literal = pieces[index]
        return (directive != "" and directive in "YymdHIMSf") or (literal != "" and literal in "0123456789")

    text = ""
    for index, (directive, literal) in enumerate(pieces):
        if literal:
            text += re.escape(literal)
        elif directive in _ONE_OR_TWO_DIGITS:
            width = "2" if is_number(index - 1) or is_number(index + 1) else "1,2"
            text += rf"(?P<{directive}>\d{{{width}}})"
        elif directive in _FIELDS:
            text += _FIELDS[directive]
        else:
            raise ValueError(f"the time format {declared} has %{directive}, which is not known")
    return re.compile(text, re.ASCII)


def _number(text: str) -> float:
    if not _NUMBER.fullmatch(text):
        raise ValueError(text)
    number = float(text)
    if math.isinf(number):
        raise ValueError(text)
    return number


def _read_iso(text: str) -> int:
    return _instant(_ISO.fullmatch(text))


def _instant(match: re.Match[str] | None) -> int:
    if match is None:
        raise ValueError("not a time")
    found = {name: value for name, value in match.groupdict().items() if value is not None}
    year = _year_of_two_digits(found["y"]) if "y" in found else int(found["Y"])
    month = _month(found["b"]) if "b" in found else int(found["m"])
    day, minute, second = int(found["d"]), int(found.get("M", 0)), int(found.get("S", 0))
    hour = _hour(found)
    if not (1 <= month <= 12 and 1 <= day <= _days_in_month(year, month) and minute <= 59 and second <= 59):
        raise ValueError(match.group())
    milliseconds = int((found.get("f", "") + "000")[:3])
    minutes = hour * 60 + minute - _offset(found.get("z"))
    days = _epoch_day(year, month, day)
    return _in_range(days * 86_400_000 + minutes * 60_000 + second * 1_000 + milliseconds)


def _year_of_two_digits(text: str) -> int:
    # As POSIX has it: https://pubs.opengroup.org/onlinepubs/9799919799/functions/strptime.html
    return int(text) + (1900 if int(text) >= 69 else 2000)


def _month(name: str) -> int:
    return next(n for n, full in enumerate(_MONTHS, 1) if full.startswith(name.lower()[:3]))


def _hour(found: dict[str, str]) -> int:
    if "I" in found:
        hour = int(found["I"])
        if not 1 <= hour <= 12:
            raise ValueError(found["I"])
        return hour % 12 + (12 if found["p"].lower() == "pm" else 0)
    hour = int(found.get("H", 0))
    if hour > 23:
        raise ValueError(found["H"])
    return hour


def _offset(text: str | None) -> int:
    """Minutes that a zone is ahead of UTC."""
    if text is None or text in "Zz":
        return 0
    digits = text[1:].replace(":", "")
    hours, minutes = int(digits[:2]), int(digits[2:] or 0)
    if hours > 23 or minutes > 59:
        raise ValueError(text)
    return (hours * 60 + minutes) * (-1 if text[0] == "-" else 1)


def _in_range(instant: int) -> int:
    if not _EARLIEST <= instant <= _LATEST:
        raise ValueError("outside of the years 0000 to 9999")
    return instant


def _days_in_month(year: int, month: int) -> int:
    if month == 2:
        return 29 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 28
    return 30 if month in (4, 6, 9, 11) else 31


def _epoch_day(year: int, month: int, day: int) -> int:
    """Days since 1970-01-01 in the proleptic Gregorian calendar (https://howardhinnant.github.io/date_algorithms.html)."""
    year -= month <= 2
    era = year // 400
    of_era = year - era * 400
    of_year = (153 * ((month + 9) % 12) + 2) // 5 + day - 1
    return era * 146_097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719_468


def time_parts(instants: Sequence[int | None], parts: Sequence[str]) -> NDArray[np.float32]:
    """The parts of instants in UTC: a row for each instant, a column for each part; NaN where there is no instant."""
    known = np.array([instant is not None for instant in instants], dtype=bool)
    millis = np.array([instant or 0 for instant in instants], dtype=np.int64)
    moment = millis.astype("datetime64[ms]")
    day, month, year = (moment.astype(f"datetime64[{unit}]") for unit in "DMY")
    values: dict[str, NDArray[Any]] = {
        "minute": millis // 60_000 % 60,
        "hour": millis // 3_600_000 % 24,
        "weekday": (day.astype(np.int64) + 3) % 7 + 1,
        "day": (day - month.astype("datetime64[D]")).astype(np.int64) + 1,
        "day-of-year": (day - year.astype("datetime64[D]")).astype(np.int64) + 1,
        "month": month.astype(np.int64) % 12 + 1,
        "year": year.astype(np.int64) + 1970,
        "elapsed-days": millis / 86_400_000,
    }
    columns = np.stack([values[part] for part in parts], axis=1).astype(np.float32)
    columns[~known] = np.nan
    return columns
