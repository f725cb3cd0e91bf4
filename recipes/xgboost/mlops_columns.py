"""The columns of a model: which features there are, of which type, and what is predicted."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mlops_errors import TrainingError, shown

BINARY = "binary-classification"
MULTICLASS = "multiclass-classification"
REGRESSION = "regression"
PROBLEMS = (BINARY, MULTICLASS, REGRESSION)
NUMBER = "number"
CATEGORY = "category"
BOOLEAN = "boolean"
FEATURE_TYPES = (NUMBER, CATEGORY, BOOLEAN)


@dataclass(frozen=True)
class Feature:
    """One input of the model. `levels` are the categories that training saw, in the order of their codes."""

    name: str
    type: str
    levels: tuple[str, ...] = ()


@dataclass(frozen=True)
class Columns:
    """Features in the order of the definition, the target, and the classes ([negative, positive] when binary)."""

    problem: str
    target: str
    classes: tuple[str, ...]
    features: tuple[Feature, ...]


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
        features.append(Feature(name, str(kind)))
    names = [feature.name for feature in features]
    if len(set(names)) != len(names):
        raise TrainingError("mlops-columns: a feature is named twice")
    return tuple(features)
