"""Metrics of a set of predictions, and the log lines that SageMaker's MetricDefinitions scrape."""

from __future__ import annotations

import numpy as np
from mlops_columns import BINARY, MULTICLASS
from numpy.typing import NDArray

Array = NDArray[np.float64]


def metrics(problem: str, y: NDArray[np.float32], prediction: NDArray[np.float32]) -> dict[str, float]:
    """The problem's metrics by name; one that these rows do not define (AUC of a single class) is left out."""
    truth = y.astype(np.float64)
    predicted = prediction.astype(np.float64)
    if problem == BINARY:
        result = {
            "accuracy": float(np.mean((predicted >= 0.5) == (truth == 1))),
            "logloss": _log_loss(np.where(truth == 1, predicted, 1 - predicted)),
        }
        area = auc(truth == 1, predicted)
        return result if area is None else {"auc": area} | result
    if problem == MULTICLASS:
        codes = truth.astype(np.int64)
        of_truth = predicted[np.arange(len(codes)), codes]
        return {"accuracy": float(np.mean(predicted.argmax(axis=1) == codes)), "logloss": _log_loss(of_truth)}
    error = predicted - truth
    return {"rmse": float(np.sqrt(np.mean(error**2))), "mae": float(np.mean(np.abs(error)))}


def auc(positive: NDArray[np.bool_], score: Array) -> float | None:
    """Area under the ROC curve by ranks, ties counted half (Mann-Whitney U); None unless both classes occur."""
    positives = int(positive.sum())
    negatives = len(positive) - positives
    if positives == 0 or negatives == 0:
        return None
    _, inverse, counts = np.unique(score, return_inverse=True, return_counts=True)
    last_rank = np.cumsum(counts)
    mean_rank = last_rank - (counts - 1) / 2
    rank_sum = float(mean_rank[inverse][positive].sum())
    return (rank_sum - positives * (positives + 1) / 2) / (positives * negatives)


def _log_loss(probability_of_truth: Array) -> float:
    # XGBoost bounds probabilities the same way, so that one confident mistake does not make the mean infinite.
    return float(np.mean(-np.log(np.maximum(probability_of_truth, 1e-16))))


def print_metrics(channel: str, values: dict[str, float]) -> None:
    """Prints `[mlops] metric <channel>:<name>=<value>` for each metric."""
    for name, value in values.items():
        print(f"[mlops] metric {channel}:{name}={value:.8g}", flush=True)
