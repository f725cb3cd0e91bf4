"""Serves a model that train.py wrote: the functions that SageMaker's inference toolkit calls.

The toolkit gives `input_fn` text for JSON and CSV and bytes for any other content type, and answers an
InvalidRequestError with its status and message. Start-up time counts: numpy and xgboost only.
"""

from __future__ import annotations

import os
from dataclasses import dataclass

import numpy as np
import xgboost
from mlops_columns import Columns
from mlops_encoding import MODEL_FILE, load_encoding
from mlops_requests import RequestReader
from mlops_responses import write_predictions
from numpy.typing import NDArray

# Below this many rows the hand-over to other threads costs more than it saves.
_PARALLEL_ROWS = 2_000


@dataclass(frozen=True)
class Model:
    """A loaded model; the two boosters hold the same trees and differ in their number of threads."""

    columns: Columns
    reader: RequestReader
    single: xgboost.Booster
    parallel: xgboost.Booster


@dataclass(frozen=True)
class Request:
    """The body as it came; the model's encoding is needed to read it."""

    body: str | bytes
    content_type: str | None


@dataclass(frozen=True)
class Scores:
    """XGBoost's output: probabilities or values of the rows, or a row of probabilities for each class."""

    columns: Columns
    values: NDArray[np.float32]


def model_fn(model_dir: str) -> Model:
    """Loads the model and predicts once, so that the first request is not slower than the others."""
    columns = load_encoding(model_dir)
    path = os.path.join(model_dir, MODEL_FILE)
    model = Model(columns, RequestReader(columns), _load(path, 1), _load(path, os.cpu_count() or 1))
    blank = np.full((1, columns.width), np.nan, dtype=np.float32)
    model.single.inplace_predict(blank)
    model.parallel.inplace_predict(blank)
    return model


def _load(path: str, threads: int) -> xgboost.Booster:
    booster = xgboost.Booster({"nthread": threads})
    booster.load_model(path)
    booster.set_param({"nthread": threads})
    return booster


def input_fn(input_data: str | bytes, content_type: str | None) -> Request:
    """Keeps the body: it can only be read with the encoding, which `predict_fn` is given."""
    return Request(input_data, content_type)


def predict_fn(data: Request, model: Model) -> Scores:
    """Reads the rows and predicts them. Raises InvalidRequestError for what the client has to change."""
    matrix = model.reader.read(data.body, data.content_type)
    booster = model.single if len(matrix) < _PARALLEL_ROWS else model.parallel
    return Scores(model.columns, np.asarray(booster.inplace_predict(matrix), dtype=np.float32))


def output_fn(prediction: Scores, accept: str | None) -> tuple[str, str]:
    """The answer's body and content type."""
    return write_predictions(prediction.columns, prediction.values, accept)
