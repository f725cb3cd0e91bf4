"""The encoding of raw values into the matrix that XGBoost reads; it is learnt in training and travels with the model.

Missing values and category levels that training did not see are NaN, which XGBoost sends down the direction that it
learnt for missing values. A category is its position among the sorted levels; XGBoost splits on sets of them. A
timestamp takes a column for each of its parts (mlops_instants.py), a text one for each bucket and one for the number of
words (mlops_words.py).
"""

from __future__ import annotations

import json
import os
from typing import Any

import numpy as np
from mlops_columns import BOOLEAN, CATEGORY, TEXT, TIMESTAMP, Columns, Feature

ENCODING_FILE = "encoding.json"
MODEL_FILE = "model.json"
SCHEMA_VERSION = 1
# XGBoost computes in float32; what is larger would become infinite there.
LARGEST_NUMBER = float(np.finfo(np.float32).max)

_XGBOOST_TYPES = {CATEGORY: "c", BOOLEAN: "i"}


def feature_types(features: tuple[Feature, ...]) -> list[str]:
    """The types of the matrix' columns as XGBoost names them: c(ategory), i(ndicator), q(uantity)."""
    return [_XGBOOST_TYPES.get(feature.type, "q") for feature in features for _ in range(feature.width)]


def save_encoding(columns: Columns, directory: str) -> None:
    """Writes encoding.json."""
    value: dict[str, Any] = {
        "schemaVersion": SCHEMA_VERSION,
        "problem": columns.problem,
        "target": columns.target,
        "classes": list(columns.classes) or None,
        "features": [
            {"name": feature.name, "type": feature.type} | _details(feature) for feature in columns.features
        ],
    }
    with open(os.path.join(directory, ENCODING_FILE), "w", encoding="utf-8") as file:
        json.dump(value, file, ensure_ascii=False, indent=1)
        file.write("\n")


def _details(feature: Feature) -> dict[str, Any]:
    if feature.type == CATEGORY:
        return {"levels": list(feature.levels)}
    if feature.type == TIMESTAMP:
        return {"format": feature.format, "parts": list(feature.parts)}
    return {"buckets": feature.buckets} if feature.type == TEXT else {}


def load_encoding(directory: str) -> Columns:
    """Reads encoding.json. Raises ValueError when it was written by a newer recipe."""
    with open(os.path.join(directory, ENCODING_FILE), encoding="utf-8") as file:
        value = json.load(file)
    if value["schemaVersion"] != SCHEMA_VERSION:
        raise ValueError(
            f"{ENCODING_FILE} has schemaVersion {value['schemaVersion']}, this code reads {SCHEMA_VERSION}"
        )
    features = tuple(
        Feature(
            item["name"],
            item["type"],
            levels=tuple(item.get("levels", ())),
            format=item.get("format"),
            parts=tuple(item.get("parts", ())),
            buckets=item.get("buckets", 0),
        )
        for item in value["features"]
    )
    return Columns(value["problem"], value["target"], tuple(value["classes"] or ()), features)
