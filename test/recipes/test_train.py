"""Training: what is written, what is printed, and what is refused with which words."""

from __future__ import annotations

import hashlib
import json
import os
import random
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import inference
import numpy as np
import pytest
from conftest import ROOT, Job, columns
from mlops_errors import TrainingError
from mlops_metrics import auc, metrics


def digests(directory: Path) -> dict[str, str]:
    return {
        str(path.relative_to(directory)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(directory.rglob("*"))
        if path.is_file() and path.suffix != ".pyc"
    }


def two_columns(job: Job, **hyperparameters: str) -> None:
    job.hyperparameters(
        {"mlops-columns": columns("binary-classification", "y", ["no", "yes"], x="number"), "num_round": "3"}
        | hyperparameters
    )


def test_same_input_gives_the_same_bytes(strike_job: Callable[[], Job], strike_model: Path) -> None:
    assert digests(strike_job().run()) == digests(strike_model)


def test_the_artifact_holds_model_encoding_and_code(strike_model: Path) -> None:
    names = set(digests(strike_model))
    assert {"model.json", "encoding.json", "code/inference.py", "code/train.py", "code/mlops_requests.py"} <= names
    encoding = json.loads((strike_model / "encoding.json").read_text(encoding="utf-8"))
    assert encoding["schemaVersion"] == 1
    assert encoding["classes"] == ["none", "damage"]
    phases = encoding["features"][1]["levels"]
    assert phases == sorted(phases)
    assert "Climb" in phases
    assert "levels" not in encoding["features"][0]


def test_metrics_are_printed_for_scraping(strike_job: Callable[[], Job], capsys: pytest.CaptureFixture[str]) -> None:
    strike_job().run()
    found = dict(re.findall(r"\[mlops\] metric (\S+)=([0-9.eE+-]+)\n", capsys.readouterr().out))
    assert set(found) == {f"{channel}:{name}" for channel in ("train", "validation") for name in METRICS}
    # The reports carry a real signal; a broken encoding would lose it.
    assert float(found["validation:auc"]) > 0.75
    assert float(found["train:auc"]) > float(found["validation:auc"])


METRICS = ("auc", "accuracy", "logloss")


def test_early_stopping_keeps_the_best_round(strike_model: Path) -> None:
    assert inference.model_fn(str(strike_model)).single.num_boosted_rounds() < 60


def test_regression_learns_a_line(job: Job) -> None:
    randomness = random.Random(2)
    xs = [randomness.uniform(0, 10) for _ in range(800)]
    job.hyperparameters({"mlops-columns": columns("regression", "y", None, x="number"), "num_round": "80"})
    job.part("train", [["x", "y"], *[[x, 3 * x + 1] for x in xs[:600]]])
    job.part("validation", [["x", "y"], *[[x, 3 * x + 1] for x in xs[600:]]])
    model = inference.model_fn(str(job.run()))
    scores = inference.predict_fn(inference.input_fn('{"instances":[{"x":5}]}', "application/json"), model)
    body, _ = inference.output_fn(scores, "application/json")
    assert json.loads(body)["predictions"][0]["value"] == pytest.approx(16, abs=0.5)


def test_multiclass_with_quoted_commas_unicode_names_and_booleans(job: Job) -> None:
    randomness = random.Random(3)
    levels = {"Köln, Dom": "rot", 'say "hi"': "grün", "北京": "blau"}
    rows = [
        [level, randomness.choice(["true", "false", ""]), colour]
        for level, colour in (randomness.choice(list(levels.items())) for _ in range(400))
    ]
    job.hyperparameters(
        {
            "mlops-columns": columns(
                "multiclass-classification",
                "Farbe",
                ["rot", "grün", "blau"],
                **{"Straße": "category", "[a<b]": "boolean"},
            ),
            "num_round": "20",
        }
    )
    job.part("train", [["Straße", "[a<b]", "Farbe"], *rows])
    model = inference.model_fn(str(job.run()))
    request = json.dumps({"instances": [{"Straße": level} for level in levels]})
    body, _ = inference.output_fn(inference.predict_fn(inference.input_fn(request, "application/json"), model), "*/*")
    predictions = json.loads(body)["predictions"]
    assert [prediction["label"] for prediction in predictions] == list(levels.values())
    for prediction in predictions:
        assert list(prediction["probabilities"]) == ["rot", "grün", "blau"]
        assert sum(prediction["probabilities"].values()) == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize("level", ["NA", "N/A", "null", "nan", "NaN", "None", "NULL", "-", "?"])
def test_a_level_that_other_readers_take_for_missing_survives(job: Job, level: str) -> None:
    rows = [[level, 1], ["other", 0], ["", 0]] * 40
    job.hyperparameters(
        {
            "mlops-columns": columns("binary-classification", "y", ["no", "yes"], region="category"),
            "num_round": "20",
            "min_child_weight": "0",
        }
    )
    job.part("train", [["region", "y"], *rows])
    folder = job.run()
    features = json.loads((folder / "encoding.json").read_text("utf-8"))["features"]
    assert features[0]["levels"] == sorted([level, "other"])
    model = inference.model_fn(str(folder))

    def ask(body: str, content_type: str) -> list[float]:
        text, _ = inference.output_fn(inference.predict_fn(inference.input_fn(body, content_type), model), "text/csv")
        return [float(line) for line in text.split()]

    told = json.dumps({"instances": [{"region": level}, {"region": "other"}, {"region": None}]})
    named, other, missing = ask(told, "application/json")
    assert named > 0.9 > 0.1 > max(other, missing)
    assert ask(f"region\n{level}\nother\n", "text/csv; header=present") == [named, other]


def test_column_order_of_parts_does_not_matter_and_extra_columns_are_left_out(job: Job) -> None:
    two_columns(job)
    job.part("train", [["x", "y"], *[[n, n % 2] for n in range(50)]], "a.csv")
    job.part("train", [["y", "extra", "x"], *[[n % 2, "?", n] for n in range(50)]], "b/c.csv")
    job.run()


def test_wide_tables_spread_their_columns_over_several_hyperparameters(job: Job) -> None:
    text = columns("binary-classification", "y", ["no", "yes"], **{f"feature {n:03d}": "number" for n in range(100)})
    pieces = {f"mlops-columns-{n + 1}": text[n * 2500 : (n + 1) * 2500] for n in range(-(-len(text) // 2500))}
    assert len(pieces) > 1
    job.hyperparameters(pieces | {"num_round": "2"})
    names = [f"feature {n:03d}" for n in range(100)]
    job.part("train", [[*names, "y"], *[[*([row % 7] * 100), row % 2] for row in range(30)]])
    job.run()


def test_monotone_constraints_name_features(job: Job) -> None:
    job.hyperparameters(
        {
            "mlops-columns": columns("regression", "y", None, a="number", b="number"),
            "monotone_constraints": '{"b": 1}',
            "num_round": "5",
        }
    )
    job.part("train", [["a", "b", "y"], *[[n % 3, n, -n] for n in range(60)]])
    model = inference.model_fn(str(job.run()))
    values = [inference.predict_fn(inference.input_fn(f"1,{b}", "text/csv"), model).values[0] for b in range(0, 60, 5)]
    assert values == sorted(values)


ROWS = [["x", "y"], [1, 0], [2, 1], [3, 0]]
REFUSALS = {
    "empty channel": (None, {}, 'channel "train" has no CSV file'),
    "header only": ([["x", "y"]], {}, 'channel "train" has no rows'),
    "constant target": ([["x", "y"], [1, 1], [2, 1]], {}, "the target 'y' is 'yes' in all 2 training rows"),
    "missing column": ([["X", "y"], [1, 1]], {}, 'has no column "x"; did you mean "X"?'),
    "text in number": (
        [["x", "y"], [1, 0], ["fast", 1]],
        {},
        'row 2, column "x": got "fast", expected a finite number',
    ),
    "too large": ([["x", "y"], ["1e999", 0]], {}, 'column "x": got "1e999"'),
    "wrong target": ([["x", "y"], [1, "yes"]], {}, 'row 1, column "y": got "yes", expected 1 or 0'),
    "ragged row": ([["x", "y"], [1, 0], [2]], {}, "row 2: 1 fields, the header has 2"),
    "unknown hyperparameter": (ROWS, {"max_dept": "3"}, 'unknown hyperparameter "max_dept"; did you mean "max_depth"?'),
    "wrong value": (ROWS, {"max_depth": "deep"}, "XGBoost refused"),
    "wrong objective": (ROWS, {"objective": "reg:squarederror"}, "allows binary:logistic"),
    "wrong rounds": (ROWS, {"num_round": "0"}, "expected a whole number of at least 1"),
    "wrong stopping metric": (ROWS, {"early_stopping_metric": "rmse"}, "eval_metric has auc, logloss"),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_what_a_person_must_change_is_said(job: Job, name: str) -> None:
    rows, hyperparameters, message = REFUSALS[name]
    two_columns(job, **hyperparameters)
    if rows is not None:
        job.part("train", rows)
    with pytest.raises(TrainingError) as caught:
        job.run()
    assert message in str(caught.value)


def test_the_reason_is_left_in_the_failure_file(job: Job) -> None:
    two_columns(job, booster_type="x")
    (job.base / "output").mkdir(parents=True)
    script = str(ROOT / "recipes/xgboost/train.py")
    done = subprocess.run(
        [sys.executable, script], env=os.environ | job.environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "[mlops] error unknown hyperparameter" in done.stderr
    assert (job.base / "output/failure").read_text(encoding="utf-8").startswith("unknown hyperparameter")


def test_an_empty_validation_channel_only_switches_early_stopping_off(
    job: Job, capsys: pytest.CaptureFixture[str]
) -> None:
    two_columns(job, early_stopping_rounds="2")
    job.part("train", ROWS)
    job.part("validation", [["x", "y"]])
    job.run()
    assert "runs all rounds" in capsys.readouterr().out


def test_auc_counts_ties_half_and_needs_both_classes() -> None:
    positive = np.array([True, True, False, False])
    assert auc(positive, np.array([0.9, 0.4, 0.4, 0.1])) == pytest.approx(3.5 / 4)
    assert auc(positive, np.zeros(4)) == 0.5
    assert auc(np.array([True, True]), np.array([0.1, 0.2])) is None
    one_class = metrics("binary-classification", np.ones(2, np.float32), np.array([0.5, 0.9], np.float32))
    assert set(one_class) == {"accuracy", "logloss"}
