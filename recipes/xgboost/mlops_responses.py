"""Writes predictions in the media type that the client accepts."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import numpy as np
from mlops_columns import BINARY, MULTICLASS, Columns
from mlops_errors import InvalidRequestError, shown
from mlops_requests import CSV, JSON, JSON_LINES, JSON_LINES_TYPES, parse_media_type
from numpy.typing import NDArray


def choose_media_type(accept: str | None) -> str:
    """The first acceptable media type that this code writes; JSON when anything goes. Raises a 406 otherwise."""
    for item in (accept or JSON).split(","):
        media_type = parse_media_type(item)[0]
        if media_type in ("*/*", "application/*", "", JSON):
            return JSON
        if media_type in JSON_LINES_TYPES:
            return JSON_LINES
        if media_type in (CSV, "text/*"):
            return CSV
    raise InvalidRequestError(f"accept {shown(accept)} is not supported; use {JSON}, {JSON_LINES} or {CSV}", status=406)


def prediction_objects(columns: Columns, scores: NDArray[np.float32]) -> list[dict[str, Any]]:
    """One object a row, in the shape that the problem has."""
    if columns.problem == BINARY:
        return [
            {"probability": probability, "label": columns.classes[probability >= 0.5]}
            for probability in _numbers(scores)
        ]
    if columns.problem == MULTICLASS:
        winners = scores.argmax(axis=1).tolist()
        return [
            {
                "label": columns.classes[winner],
                "probabilities": dict(zip(columns.classes, _numbers(row), strict=True)),
            }
            for winner, row in zip(winners, scores, strict=True)
        ]
    return [{"value": value} for value in _numbers(scores)]


def write_predictions(columns: Columns, scores: NDArray[np.float32], accept: str | None) -> tuple[str, str]:
    """The body and its media type."""
    media_type = choose_media_type(accept)
    objects = prediction_objects(columns, scores)
    if media_type == JSON:
        return json.dumps({"predictions": objects}, ensure_ascii=False), JSON
    if media_type == JSON_LINES:
        return "".join(json.dumps(item, ensure_ascii=False) + "\n" for item in objects), JSON_LINES
    member = {BINARY: "probability", MULTICLASS: "label"}.get(columns.problem, "value")
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows([item[member]] for item in objects)
    return text.getvalue(), CSV


def _numbers(values: NDArray[np.float32]) -> list[float]:
    # The shortest decimal that is the same float32: 0.31, not 0.3100000023841858.
    return [float(str(value)) for value in values]
