"""Trains a model with XGBoost: the entry point of a training job in script mode.

Reads the channels `train` and `validation` (CSV parts), writes model.json, encoding.json and this code to the model
directory. Same data, hyperparameters and seed give the same bytes there.
"""

from __future__ import annotations

import os
import shutil
import sys
import traceback
from collections.abc import Mapping

import numpy as np
import xgboost
from mlops_columns import REGRESSION, Columns, read_columns
from mlops_encoding import MODEL_FILE, feature_types, save_encoding
from mlops_errors import TrainingError
from mlops_hyperparameters import Settings, read_hyperparameters, read_settings
from mlops_metrics import metrics, print_metrics
from mlops_table import Table, find_parts, read_table, read_training_table


def main(environment: Mapping[str, str]) -> None:
    """Runs one training job. Raises TrainingError for what the owner of the model has to change."""
    hyperparameters = read_hyperparameters(environment)
    columns = read_columns(hyperparameters)
    settings = read_settings(hyperparameters, columns, int(environment.get("SM_NUM_CPUS", "1")))
    parts = find_parts(environment.get("SM_CHANNEL_TRAIN"))
    if not parts:
        raise TrainingError('channel "train" has no CSV file: the dataset is empty')
    train, columns = read_training_table(parts, columns)
    check_target(train, columns)
    validation = read_table(find_parts(environment.get("SM_CHANNEL_VALIDATION")), columns)
    print(f"[mlops] rows train={train.rows} validation={validation.rows} features={len(columns.features)}", flush=True)
    booster = fit(train, validation, columns, settings)
    report(booster, train, validation, columns)
    save(booster, columns, environment["SM_MODEL_DIR"])


def check_target(table: Table, columns: Columns) -> None:
    """Refuses a channel without rows or with a constant target: there is nothing to learn."""
    if table.rows == 0:
        raise TrainingError('channel "train" has no rows: only header lines were found')
    values = np.unique(table.y)
    if len(values) == 1:
        value = float(values[0]) if columns.problem == REGRESSION else columns.classes[int(values[0])]
        raise TrainingError(
            f"the target {columns.target!r} is {value!r} in all {table.rows} training rows: "
            "a model needs rows with different values"
        )


def matrix(table: Table, columns: Columns) -> xgboost.DMatrix:
    """The table as XGBoost's own type, with categories marked as such."""
    return xgboost.DMatrix(
        table.x, label=table.y, feature_types=feature_types(columns.features), enable_categorical=True
    )


def fit(train: Table, validation: Table, columns: Columns, settings: Settings) -> xgboost.Booster:
    """Boosts, stops early on the validation channel when asked to, and keeps the rounds up to the best one."""
    train_matrix = matrix(train, columns)
    evals = [(train_matrix, "train")]
    callbacks: list[xgboost.callback.TrainingCallback] = []
    if validation.rows > 0:
        evals.append((matrix(validation, columns), "validation"))
    if settings.early_stopping_rounds is not None:
        if validation.rows > 0:
            callbacks.append(
                xgboost.callback.EarlyStopping(
                    rounds=settings.early_stopping_rounds,
                    metric_name=settings.early_stopping_metric,
                    save_best=True,
                )
            )
        else:
            print("[mlops] the validation channel has no rows: training runs all rounds", flush=True)
    try:
        return xgboost.train(
            settings.parameters,
            train_matrix,
            num_boost_round=settings.num_round,
            evals=evals,
            callbacks=callbacks,
            verbose_eval=max(1, settings.num_round // 10),
        )
    except (xgboost.core.XGBoostError, ValueError) as error:
        # The lines after the first are a C++ stack trace.
        reason = str(error).strip().split("\nStack trace")[0]
        raise TrainingError(f"XGBoost refused the data or a hyperparameter: {reason}") from error


def report(booster: xgboost.Booster, train: Table, validation: Table, columns: Columns) -> None:
    """Prints the metrics of both channels and the number of rounds that were kept."""
    print(f"[mlops] rounds kept={booster.num_boosted_rounds()}", flush=True)
    for channel, table in (("train", train), ("validation", validation)):
        if table.rows > 0:
            print_metrics(channel, metrics(columns.problem, table.y, booster.predict(matrix(table, columns))))


def save(booster: xgboost.Booster, columns: Columns, directory: str) -> None:
    """Writes everything that serving needs; the code is included, so the artifact is complete."""
    os.makedirs(directory, exist_ok=True)
    booster.save_model(os.path.join(directory, MODEL_FILE))
    save_encoding(columns, directory)
    source = os.path.dirname(os.path.abspath(__file__))
    code = os.path.join(directory, "code")
    os.makedirs(code, exist_ok=True)
    for name in sorted(os.listdir(source)):
        # The container adds a setup.py of its own next to the code.
        if name.endswith(".py") and name != "setup.py":
            shutil.copyfile(os.path.join(source, name), os.path.join(code, name))


def write_failure(message: str, environment: Mapping[str, str]) -> None:
    """Leaves the message where SageMaker looks for the reason of a failure, and in the log."""
    print(f"[mlops] error {message}", file=sys.stderr, flush=True)
    with open(os.path.join(environment["SM_OUTPUT_DIR"], "failure"), "w", encoding="utf-8") as file:
        file.write(message)


if __name__ == "__main__":
    try:
        main(os.environ)
    except TrainingError as problem:
        write_failure(str(problem), os.environ)
        sys.exit(1)
    except Exception as fault:
        traceback.print_exc()
        write_failure(f"{type(fault).__name__}: {fault}", os.environ)
        sys.exit(1)
