"""Reads the CSV parts of a training channel into arrays, block by block."""

from __future__ import annotations

import csv
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import TypeVar

import numpy as np
from mlops_columns import BINARY, BOOLEAN, CATEGORY, MULTICLASS, TEXT, TIMESTAMP, Columns, Feature
from mlops_encoding import LARGEST_NUMBER
from mlops_errors import TrainingError, closest, shown
from mlops_instants import expected_time, instant_reader, time_parts
from mlops_words import encode_texts
from numpy.typing import NDArray

FloatArray = NDArray[np.float32]
Value = TypeVar("Value")
_ROWS_PER_BLOCK = 50_000
_BOOLEANS = {"": float("nan"), "true": 1.0, "false": 0.0}

csv.field_size_limit(2**31 - 1)


@dataclass
class Table:
    """`x` has a row for each record and one or more columns for each feature; `y` holds class positions or numbers."""

    x: FloatArray
    y: FloatArray

    @property
    def rows(self) -> int:
        return int(self.x.shape[0])


def find_parts(directory: str | None) -> list[str]:
    """All *.csv files below the directory, in an order that does not depend on the file system."""
    if not directory or not os.path.isdir(directory):
        return []
    found = [
        os.path.join(folder, name)
        for folder, _, names in os.walk(directory)
        for name in names
        if name.lower().endswith(".csv")
    ]
    return sorted(found, key=lambda path: os.path.relpath(path, directory))


class LevelIndex:
    """Codes for the levels of one category: in order of appearance while reading, sorted afterwards."""

    def __init__(self, levels: Sequence[str] | None) -> None:
        self._codes: dict[str, float] = {"": float("nan")}
        self._open = levels is None
        for level in levels or ():
            self._codes[level] = float(len(self._codes) - 1)

    def encode(self, values: Sequence[str]) -> list[float]:
        codes = self._codes
        if self._open:
            return [codes[v] if v in codes else codes.setdefault(v, float(len(codes) - 1)) for v in values]
        unknown = codes[""]
        return [codes.get(value, unknown) for value in values]

    def sort(self, column: FloatArray) -> tuple[str, ...]:
        """Renumbers `column` in place so that codes follow the sorted levels, which it returns."""
        levels = [level for level in self._codes if level != ""]
        order = sorted(range(len(levels)), key=lambda code: levels[code])
        rank = np.empty(len(levels), dtype=np.float32)
        rank[order] = np.arange(len(levels), dtype=np.float32)
        known = ~np.isnan(column)
        column[known] = rank[column[known].astype(np.int64)]
        return tuple(levels[code] for code in order)


def read_training_table(parts: Sequence[str], columns: Columns) -> tuple[Table, Columns]:
    """Reads the training parts and learns the category levels; the returned columns carry them."""
    indexes = [LevelIndex(None) for _ in columns.features]
    table = _read(parts, columns, indexes)
    features = tuple(
        replace(feature, levels=index.sort(table.x[:, offset])) if feature.type == CATEGORY else feature
        for feature, index, offset in zip(columns.features, indexes, columns.offsets, strict=True)
    )
    return table, replace(columns, features=features)


def read_table(parts: Sequence[str], columns: Columns) -> Table:
    """Reads parts with levels that are already known; other levels count as missing."""
    return _read(parts, columns, [LevelIndex(feature.levels) for feature in columns.features])


def _read(parts: Sequence[str], columns: Columns, indexes: list[LevelIndex]) -> Table:
    blocks_x: list[FloatArray] = []
    blocks_y: list[FloatArray] = []
    classes = {name: float(code) for code, name in enumerate(columns.classes)}
    for path in parts:
        try:
            for first_row, fields in _blocks(path, columns):
                block = np.empty((len(fields[-1]), columns.width), dtype=np.float32)
                for position, (feature, offset) in enumerate(zip(columns.features, columns.offsets, strict=True)):
                    encoded = _encode(fields[position], feature, indexes[position], path, first_row)
                    block[:, offset : offset + feature.width] = np.reshape(encoded, (-1, feature.width))
                blocks_x.append(block)
                blocks_y.append(_encode_target(fields[-1], columns, classes, path, first_row))
        except (csv.Error, UnicodeDecodeError) as error:
            raise TrainingError(f"{os.path.basename(path)} is not CSV in UTF-8: {error}") from error
    if not blocks_x:
        return Table(np.empty((0, columns.width), dtype=np.float32), np.empty(0, dtype=np.float32))
    return Table(np.concatenate(blocks_x), np.concatenate(blocks_y))


def _blocks(path: str, columns: Columns) -> Iterator[tuple[int, list[tuple[str, ...]]]]:
    """Yields (number of the first row, one tuple of texts for each feature and last the target)."""
    name = os.path.basename(path)
    with open(path, encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file, strict=True)
        header = next(reader, None)
        if header is None:
            raise TrainingError(f"{name} is empty: expected a header line")
        wanted = [feature.name for feature in columns.features] + [columns.target]
        for column in wanted:
            if column not in header:
                raise TrainingError(f"{name} has no column {shown(column)}{closest(column, header)}")
        positions = [header.index(column) for column in wanted]
        row = 1
        while rows := list(islice(reader, _ROWS_PER_BLOCK)):
            try:
                all_fields = list(zip(*rows, strict=True))
                fields = [all_fields[position] for position in positions]
            except (ValueError, IndexError):
                bad = next(n for n, fields in enumerate(rows) if len(fields) != len(header))
                raise TrainingError(
                    f"{name}, row {row + bad}: {len(rows[bad])} fields, the header has {len(header)}"
                ) from None
            yield row, fields
            row += len(rows)


def _encode(
    values: Sequence[str], feature: Feature, index: LevelIndex, path: str, first_row: int
) -> Sequence[float] | FloatArray:
    if feature.type == CATEGORY:
        return index.encode(values)
    if feature.type == TEXT:
        return encode_texts(values, feature.buckets)
    if feature.type == TIMESTAMP:
        read = instant_reader(feature.format)
        expected = f"{expected_time(feature.format)} or nothing"
        instants = _convert(
            values, lambda v: read(v.strip(" ")) if v.strip(" ") else None, expected, feature.name, path, first_row
        )
        return time_parts(instants, feature.parts)
    if feature.type == BOOLEAN:
        return _convert(values, lambda v: _BOOLEANS[v], '"true", "false" or nothing', feature.name, path, first_row)
    return _convert(values, _number, "a finite number or nothing", feature.name, path, first_row)


def _number(text: str) -> float:
    if text == "":
        return float("nan")
    number = float(text)
    if not -LARGEST_NUMBER <= number <= LARGEST_NUMBER:
        raise ValueError(text)
    return number


def _encode_target(
    values: Sequence[str], columns: Columns, classes: dict[str, float], path: str, first_row: int
) -> FloatArray:
    convert: Callable[[str], float]
    if columns.problem == BINARY:
        convert, expected = {"1": 1.0, "0": 0.0}.__getitem__, "1 or 0"
    elif columns.problem == MULTICLASS:
        convert, expected = classes.__getitem__, f"one of {shown(list(columns.classes))}"
    else:
        convert, expected = _target_number, "a finite number"
    return np.array(_convert(values, convert, expected, columns.target, path, first_row), dtype=np.float32)


def _target_number(text: str) -> float:
    if text == "":
        raise ValueError("empty")
    return _number(text)


def _convert(
    values: Sequence[str], convert: Callable[[str], Value], expected: str, column: str, path: str, first_row: int
) -> list[Value]:
    try:
        return [convert(value) for value in values]
    except (ValueError, KeyError):
        for offset, value in enumerate(values):
            try:
                convert(value)
            except (ValueError, KeyError):
                raise TrainingError(
                    f"{os.path.basename(path)}, row {first_row + offset}, column {shown(column)}: "
                    f"got {shown(value)}, expected {expected}"
                ) from None
        raise
