"""Reads prediction requests: named raw features as JSON or JSON Lines, or rows of CSV, into XGBoost's matrix."""

from __future__ import annotations

import csv
import io
import json
import os
import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from mlops_columns import BOOLEAN, CATEGORY, TEXT, TIMESTAMP, Columns, Feature
from mlops_encoding import LARGEST_NUMBER
from mlops_errors import InvalidRequestError, closest, shown
from mlops_instants import expected_time, instant_reader, time_parts
from mlops_words import encode_text
from numpy.typing import NDArray

FloatArray = NDArray[np.float32]
JSON = "application/json"
JSON_LINES = "application/jsonlines"
CSV = "text/csv"
# Names under which clients send JSON Lines; there is no registered one.
JSON_LINES_TYPES = frozenset({JSON_LINES, "application/x-jsonlines", "application/jsonl", "application/x-ndjson"})
_DECIMAL = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?", re.ASCII)
_NAN = float("nan")

csv.field_size_limit(2**31 - 1)


class RequestReader:
    """Turns request bodies into matrices for one model. Safe to use from many threads."""

    def __init__(self, columns: Columns, environment: Mapping[str, str] = os.environ) -> None:
        self._features = columns.features
        self._width = columns.width
        self._slices = [
            slice(offset, offset + feature.width)
            for feature, offset in zip(columns.features, columns.offsets, strict=True)
        ]
        self._readers = [instant_reader(feature.format) for feature in columns.features]
        self._names = [feature.name for feature in columns.features]
        self._positions = {name: position for position, name in enumerate(self._names)}
        self._codes = [
            {level: float(code) for code, level in enumerate(feature.levels)} if feature.type == CATEGORY else {}
            for feature in columns.features
        ]
        policy = environment.get("MLOPS_UNKNOWN_FIELDS", "refuse")
        if policy not in ("refuse", "ignore"):
            raise ValueError(f"MLOPS_UNKNOWN_FIELDS is {shown(policy)}; allowed are refuse and ignore")
        self._ignore_unknown = policy == "ignore"

    def read(self, body: str | bytes, content_type: str | None) -> FloatArray:
        """Reads a body. Raises InvalidRequestError with row (1 = first) and field where they are known."""
        media_type, parameters = parse_media_type(content_type or JSON)
        text = _text(body)
        if media_type == JSON:
            return self._from_objects(_instances(text))
        if media_type in JSON_LINES_TYPES:
            lines = [line for line in text.split("\n") if line.strip()]
            return self._from_objects([_json(line, row) for row, line in enumerate(lines, 1)])
        if media_type == CSV:
            return self._from_csv(text, parameters.get("header"))
        raise InvalidRequestError(
            f"content type {shown(content_type)} is not supported; use {JSON}, {JSON_LINES} or {CSV}", status=415
        )

    def _from_objects(self, instances: Sequence[Any]) -> FloatArray:
        if not instances:
            raise InvalidRequestError("the request has no rows")
        matrix = np.full((len(instances), self._width), np.nan, dtype=np.float32)
        for row, instance in enumerate(instances, 1):
            if not isinstance(instance, dict):
                raise InvalidRequestError(f"got {shown(instance)}, expected an object of features by name", row=row)
            target = matrix[row - 1]
            for name, value in instance.items():
                position = self._positions.get(name)
                if position is None:
                    self._refuse_unknown(name, row)
                elif value is not None:
                    target[self._slices[position]] = self._from_value(value, position, row)
        return matrix

    def _refuse_unknown(self, name: str, row: int | None) -> None:
        if not self._ignore_unknown:
            raise InvalidRequestError(
                f"the model has no feature {shown(name)}{closest(name, self._names)}", row=row, field=name
            )

    def _from_value(self, value: Any, position: int, row: int) -> float | FloatArray:
        feature = self._features[position]
        if feature.type == TEXT:
            if isinstance(value, str):
                return encode_text(value, feature.buckets)
            raise _wrong(value, "a string or null", row, feature)
        if feature.type == TIMESTAMP:
            # A time may be a number: seconds since 1970, or 20011231.
            if isinstance(value, (int, float)) and not isinstance(value, bool):
                return self._from_time(json.dumps(value), position, row)
            if isinstance(value, str):
                return self._from_time(value, position, row)
            raise _wrong(value, f"{expected_time(feature.format)} or null", row, feature)
        if feature.type == CATEGORY:
            if isinstance(value, str):
                return self._codes[position].get(value, _NAN)
            raise _wrong(value, "a string or null", row, feature)
        if feature.type == BOOLEAN:
            if isinstance(value, bool):
                return float(value)
            raise _wrong(value, "true, false or null", row, feature)
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            if -LARGEST_NUMBER <= value <= LARGEST_NUMBER:
                return float(value)
            raise _wrong(value, f"a number of at most {LARGEST_NUMBER:.3g} in size or null", row, feature)
        raise _wrong(value, "a number or null", row, feature)

    def _from_time(self, text: str, position: int, row: int) -> float | FloatArray:
        feature = self._features[position]
        trimmed = text.strip(" ")
        if trimmed == "":
            return _NAN
        try:
            return time_parts([self._readers[position](trimmed)], feature.parts).reshape(-1)
        except ValueError as error:
            raise _wrong(text, f"{expected_time(feature.format)} or null", row, feature) from error

    def _from_csv(self, text: str, header: str | None) -> FloatArray:
        try:
            rows = [fields for fields in csv.reader(io.StringIO(text, newline=""), strict=True) if fields]
        except csv.Error as error:
            raise InvalidRequestError(f"the body is not CSV: {error}") from error
        positions: list[int | None] = list(range(len(self._features)))
        if rows and (header == "present" or (header is None and self._looks_like_header(rows[0]))):
            positions = self._header_positions(rows.pop(0))
        if not rows:
            raise InvalidRequestError("the request has no rows")
        matrix = np.full((len(rows), self._width), np.nan, dtype=np.float32)
        for row, fields in enumerate(rows, 1):
            if len(fields) != len(positions):
                raise InvalidRequestError(
                    f"got {len(fields)} fields, expected {len(positions)} in this order: {shown(self._names, 400)}",
                    row=row,
                )
            for field, position in zip(fields, positions, strict=True):
                if position is not None and field != "":
                    matrix[row - 1, self._slices[position]] = self._from_text(field, position, row)
        return matrix

    def _looks_like_header(self, fields: Sequence[str]) -> bool:
        known = sum(1 for field in fields if field in self._positions)
        return known > 0 and known * 2 >= len(fields)

    def _header_positions(self, fields: Sequence[str]) -> list[int | None]:
        seen: set[str] = set()
        for name in fields:
            if name in seen:
                raise InvalidRequestError("the header names this feature twice", field=name)
            seen.add(name)
            if name not in self._positions:
                self._refuse_unknown(name, None)
        return [self._positions.get(name) for name in fields]

    def _from_text(self, text: str, position: int, row: int) -> float | FloatArray:
        feature = self._features[position]
        if feature.type == TEXT:
            return encode_text(text, feature.buckets)
        if feature.type == TIMESTAMP:
            return self._from_time(text, position, row)
        if feature.type == CATEGORY:
            return self._codes[position].get(text, _NAN)
        if feature.type == BOOLEAN:
            folded = text.lower()
            if folded in ("true", "false"):
                return float(folded == "true")
            raise _wrong(text, "true, false or nothing", row, feature)
        if not _DECIMAL.fullmatch(text.strip()):
            raise _wrong(text, "a number or nothing", row, feature)
        number = float(text)
        if abs(number) > LARGEST_NUMBER:
            raise _wrong(text, f"a number of at most {LARGEST_NUMBER:.3g} in size or nothing", row, feature)
        return number


def parse_media_type(value: str) -> tuple[str, dict[str, str]]:
    """`text/csv; header=present` as ("text/csv", {"header": "present"}); names are lower case."""
    media_type, *rest = value.split(";")
    parameters = {}
    for item in rest:
        name, _, content = item.partition("=")
        parameters[name.strip().lower()] = content.strip().strip('"').lower()
    return media_type.strip().lower(), parameters


def _wrong(value: Any, expected: str, row: int, feature: Feature) -> InvalidRequestError:
    return InvalidRequestError(f"got {shown(value)}, expected {expected}", row=row, field=feature.name)


def _text(body: str | bytes) -> str:
    if isinstance(body, str):
        return body.removeprefix("\ufeff")
    try:
        return bytes(body).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidRequestError(f"the body is not UTF-8: byte {error.start} is wrong") from error


def _instances(text: str) -> list[Any]:
    value = _json(text, None)
    if not isinstance(value, dict) or not isinstance(value.get("instances"), list):
        raise InvalidRequestError('expected {"instances": [{"<feature>": value, ...}, ...]}')
    return list(value["instances"])


def _json(text: str, row: int | None) -> Any:
    try:
        return json.loads(text, parse_constant=_refuse_constant)
    except RecursionError as error:
        raise InvalidRequestError("the JSON is nested too deeply", row=row) from error
    except ValueError as error:
        raise InvalidRequestError(f"this is not JSON: {error}", row=row) from error


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is not a JSON value, use null for a missing number")
