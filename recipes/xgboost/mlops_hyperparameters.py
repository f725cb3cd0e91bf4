"""Hyperparameters: those of the recipe itself, and XGBoost's, which are passed on after a check of their names."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mlops_columns import BINARY, MULTICLASS, REGRESSION, Columns
from mlops_errors import TrainingError, closest, shown

# https://xgboost.readthedocs.io/en/release_3.0.0/parameter.html: every parameter that a tree or linear booster takes.
_XGBOOST_NAMES = """
alpha aft_loss_distribution base_score booster colsample_bylevel colsample_bynode colsample_bytree device eta
eval_metric feature_selector gamma grow_policy huber_slope interaction_constraints lambda learning_rate max_bin
max_cached_hist_node max_cat_threshold max_cat_to_onehot max_delta_step max_depth max_leaves min_child_weight
min_split_loss monotone_constraints multi_strategy normalize_type nthread num_parallel_tree objective one_drop
process_type quantile_alpha rate_drop refresh_leaf reg_alpha reg_lambda sample_type sampling_method scale_pos_weight
seed seed_per_iteration skip_drop subsample top_k tree_method tweedie_variance_power updater validate_parameters
verbosity
"""
XGBOOST_PARAMETERS = frozenset(_XGBOOST_NAMES.split())
RECIPE_PARAMETERS = frozenset({"num_round", "early_stopping_rounds", "early_stopping_metric"})
_OBJECTIVES = {
    BINARY: ("binary:logistic", "reg:logistic"),
    MULTICLASS: ("multi:softprob",),
    REGRESSION: (
        "reg:squarederror",
        "reg:squaredlogerror",
        "reg:absoluteerror",
        "reg:pseudohubererror",
        "reg:quantileerror",
        "reg:gamma",
        "reg:tweedie",
        "count:poisson",
    ),
}
# Early stopping watches the last one: log loss and RMSE judge the whole prediction, not only its order.
_EVAL_METRICS = {BINARY: ["auc", "logloss"], MULTICLASS: ["merror", "mlogloss"], REGRESSION: ["mae", "rmse"]}
_DEFAULT_ROUNDS = 100
_DEFAULT_SEED = 20


@dataclass(frozen=True)
class Settings:
    """What `xgboost.train` is called with."""

    parameters: dict[str, Any]
    num_round: int
    early_stopping_rounds: int | None
    early_stopping_metric: str


def read_hyperparameters(environment: Mapping[str, str]) -> dict[str, str]:
    """All hyperparameters as SageMaker got them: texts.

    They are read from hyperparameters.json, because the command line of script mode writes a JSON object as `k=v,k=v`.
    """
    path = os.path.join(environment["SM_INPUT_CONFIG_DIR"], "hyperparameters.json")
    with open(path, encoding="utf-8") as file:
        return {str(name): str(value) for name, value in json.load(file).items()}


def read_settings(hyperparameters: Mapping[str, str], columns: Columns, cpus: int) -> Settings:
    """Sorts and checks the hyperparameters. Raises TrainingError that names the wrong one and what is allowed."""
    given = {
        name: _decode(text)
        for name, text in hyperparameters.items()
        if not name.startswith(("sagemaker_", "mlops-", "_tuning_"))
    }
    known = XGBOOST_PARAMETERS | RECIPE_PARAMETERS
    for name in given:
        if name not in known:
            raise TrainingError(f"unknown hyperparameter {shown(name)}{closest(name, sorted(known))}")
    objectives = _OBJECTIVES[columns.problem]
    if given.setdefault("objective", objectives[0]) not in objectives:
        raise TrainingError(
            f"hyperparameter objective is {shown(given['objective'])}; "
            f"a {columns.problem} model allows {', '.join(objectives)}"
        )
    eval_metrics = given.setdefault("eval_metric", _EVAL_METRICS[columns.problem])
    if isinstance(eval_metrics, str):
        eval_metrics = [name.strip() for name in eval_metrics.split(",")]
    given["eval_metric"] = eval_metrics
    num_round = _whole(given.pop("num_round", _DEFAULT_ROUNDS), "num_round")
    rounds = given.pop("early_stopping_rounds", None)
    metric = given.pop("early_stopping_metric", eval_metrics[-1])
    if metric not in eval_metrics:
        raise TrainingError(
            f"hyperparameter early_stopping_metric is {shown(metric)}; eval_metric has {', '.join(eval_metrics)}"
        )
    if columns.problem == MULTICLASS:
        given["num_class"] = len(columns.classes)
    given.setdefault("seed", _DEFAULT_SEED)
    given.setdefault("nthread", cpus)
    _translate_constraints(given, columns)
    return Settings(given, num_round, None if rounds is None else _whole(rounds, "early_stopping_rounds"), str(metric))


def _decode(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _whole(value: Any, name: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise TrainingError(f"hyperparameter {name} is {shown(value)}; expected a whole number of at least 1")
    return value


def _translate_constraints(given: dict[str, Any], columns: Columns) -> None:
    """People name features, XGBoost counts columns: {"speed": 1} becomes (0, 1, 0), [["speed", "size"]] [[1, 4]].

    A timestamp or a text is all of its columns.
    """
    places = {
        feature.name: range(offset, offset + feature.width)
        for feature, offset in zip(columns.features, columns.offsets, strict=True)
    }

    def positions(name: Any, parameter: str) -> range:
        if name not in places:
            raise TrainingError(
                f"hyperparameter {parameter} names {shown(name)}, which is not a feature{closest(str(name), places)}"
            )
        return places[name]

    monotone = given.get("monotone_constraints")
    if isinstance(monotone, dict):
        signs = [0] * columns.width
        for name, sign in monotone.items():
            for place in positions(name, "monotone_constraints"):
                signs[place] = sign
        given["monotone_constraints"] = "(" + ",".join(str(sign) for sign in signs) + ")"
    groups = given.get("interaction_constraints")
    if isinstance(groups, list):
        given["interaction_constraints"] = json.dumps(
            [
                [
                    place
                    for item in group
                    for place in ([item] if isinstance(item, int) else positions(item, "interaction_constraints"))
                ]
                for group in groups
            ]
        )
