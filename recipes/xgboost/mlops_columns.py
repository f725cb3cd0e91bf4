"""The columns of a model: which features there are, of which type, and what is predicted."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from mlops_errors import TrainingError, shown
from mlops_instants import TIME_PARTS, instant_reader

BINARY = "binary-classification"
MULTICLASS = "multiclass-classification"
REGRESSION = "regression"
PROBLEMS = (BINARY, MULTICLASS, REGRESSION)
NUMBER = "number"
CATEGORY = "category"
BOOLEAN = "boolean"
TIMESTAMP = "timestamp"
TEXT = "text"
FEATURE_TYPES = (NUMBER, CATEGORY, BOOLEAN, TIMESTAMP, TEXT)
# Of a text whose buckets nobody has declared.
_DEFAULT_BUCKETS = 128
_LARGEST_BUCKETS = 4_096
_DEFAULT_PARTS = ("hour", "weekday", "month")


@dataclass(frozen=True)
class Feature:
    """One input of the model.

    `levels` are the categories that training saw, in the order of their codes; `format` and `parts` say how a timestamp
    is written and what the model sees of it; `buckets` is how many columns the words of a text are hashed into.
    """

    name: str
    type: str
    levels: tuple[str, ...] = ()
    format: str | None = None
    parts: tuple[str, ...] = ()
    buckets: int = 0

    @property
    def width(self) -> int:
        """Columns that the feature takes in XGBoost's matrix."""
        if self.type == TIMESTAMP:
            return len(self.parts)
        return self.buckets + 1 if self.type == TEXT else 1


@dataclass(frozen=True)
class Columns:
    """Features in the order of the definition, the target, and the classes ([negative, positive] when binary)."""

    problem: str
    target: str
    classes: tuple[str, ...]
    features: tuple[Feature, ...]

    @property
    def width(self) -> int:
        """Columns of XGBoost's matrix."""
        return sum(feature.width for feature in self.features)

    @property
    def offsets(self) -> tuple[int, ...]:
        """The first column of each feature in XGBoost's matrix."""
        return tuple(accumulate((feature.width for feature in self.features[:-1]), initial=0))


def read_columns(hyperparameters: Mapping[str, str]) -> Columns:
    """Reads the hyperparameter `mlops-columns`.

    A hyperparameter holds at most 2,500 characters, so a wide table comes as `mlops-columns-1`, `mlops-columns-2`, ...,
    which are joined in this order.
    """
    text = hyperparameters.get("mlops-columns")
    if text is None:
        parts: list[str] = []
        while (part := hyperparameters.get(f"mlops-columns-{len(parts) + 1}")) is not None:
            parts.append(part)
        text = "".join(parts)
    if text == "":
        raise TrainingError('hyperparameter "mlops-columns" is missing: it describes the target and the features')
    try:
        value = json.loads(text)
    except ValueError as error:
        raise TrainingError(f'hyperparameter "mlops-columns" is not JSON: {error}') from error
    return _parse(value)


def _parse(value: Any) -> Columns:
    if not isinstance(value, dict):
        raise TrainingError('hyperparameter "mlops-columns" must be a JSON object')
    problem = value.get("problem")
    if problem not in PROBLEMS:
        raise TrainingError(f"mlops-columns: problem is {shown(problem)}, allowed are {', '.join(PROBLEMS)}")
    target = value.get("target")
    if not isinstance(target, str) or not target:
        raise TrainingError("mlops-columns: target must be the name of a column")
    features = _parse_features(value.get("features"), target)
    classes = tuple(value.get("classes") or ())
    if problem == BINARY and len(classes) != 2:
        raise TrainingError("mlops-columns: classes of a binary model are [negative label, positive label]")
    if problem == MULTICLASS and len(classes) < 2:
        raise TrainingError("mlops-columns: classes must name at least two classes")
    if len(set(classes)) != len(classes):
        raise TrainingError("mlops-columns: a class is named twice")
    return Columns(problem, target, classes, features)


def _parse_features(value: Any, target: str) -> tuple[Feature, ...]:
    if not isinstance(value, list) or not value:
        raise TrainingError("mlops-columns: features must name at least one column")
    features: list[Feature] = []
    for item in value:
        name, kind = (item.get("name"), item.get("type")) if isinstance(item, dict) else (None, None)
        if not isinstance(name, str) or not name:
            raise TrainingError(f"mlops-columns: feature {shown(item)} has no name")
        if kind not in FEATURE_TYPES:
            raise TrainingError(
                f"mlops-columns: feature {shown(name)} has type {shown(kind)}, allowed are {', '.join(FEATURE_TYPES)}"
            )
        if name == target:
            raise TrainingError(f"mlops-columns: {shown(name)} is both the target and a feature")
        features.append(_parse_feature(name, str(kind), item))
    names = [feature.name for feature in features]
    if len(set(names)) != len(names):
        raise TrainingError("mlops-columns: a feature is named twice")
    return tuple(features)


def _parse_feature(name: str, kind: str, item: dict[str, Any]) -> Feature:
    if kind == TIMESTAMP:
        declared, parts = item.get("format"), tuple(item.get("parts", _DEFAULT_PARTS))
        wrong = next((part for part in parts if part not in TIME_PARTS), None)
        if wrong is not None or not parts:
            raise TrainingError(
                f"mlops-columns: parts of {shown(name)} may be {', '.join(TIME_PARTS)}, got {shown(wrong)}"
            )
        try:
            instant_reader(declared)
        except ValueError as error:
            raise TrainingError(f"mlops-columns: {shown(name)}: {error}") from error
        return Feature(name, kind, format=declared, parts=parts)
    if kind == TEXT:
        buckets = item.get("buckets", _DEFAULT_BUCKETS)
        if not isinstance(buckets, int) or not 1 <= buckets <= _LARGEST_BUCKETS:
            raise TrainingError(
                f"mlops-columns: buckets of {shown(name)} must be 1 to {_LARGEST_BUCKETS}, got {shown(buckets)}"
            )
        return Feature(name, kind, buckets=buckets)
    return Feature(name, kind)
