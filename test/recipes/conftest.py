"""Fixtures: a training job's tree in a temporary directory, and models trained in it."""

from __future__ import annotations

import csv
import json
import os
import random
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "recipes" / "xgboost"))
# Waiting threads that spin starve the test runner's other workers.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import train  # noqa: E402

Row = Sequence[Any]


@dataclass
class Job:
    """The tree that a training job works in."""

    base: Path

    @property
    def environment(self) -> dict[str, str]:
        return {
            "SM_INPUT_CONFIG_DIR": str(self.base / "input/config"),
            "SM_CHANNEL_TRAIN": str(self.base / "input/data/train"),
            "SM_CHANNEL_VALIDATION": str(self.base / "input/data/validation"),
            "SM_MODEL_DIR": str(self.base / "model"),
            "SM_OUTPUT_DIR": str(self.base / "output"),
            "SM_NUM_CPUS": "2",
        }

    def hyperparameters(self, values: Mapping[str, str]) -> None:
        path = self.base / "input/config/hyperparameters.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps({"sagemaker_program": "train.py", **values}), encoding="utf-8")

    def part(self, channel: str, rows: Sequence[Row], name: str = "batches/x/part-00000.csv") -> None:
        path = self.base / "input/data" / channel / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(path, "w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(rows)

    def run(self) -> Path:
        (self.base / "output").mkdir(parents=True, exist_ok=True)
        train.main(self.environment)
        return self.base / "model"


def columns(problem: str, target: str, classes: list[str] | None, **features: str) -> str:
    """The hyperparameter mlops-columns; feature names with blanks come by keyword dictionary."""
    return json.dumps(
        {
            "problem": problem,
            "target": target,
            "classes": classes,
            "features": [{"name": name, "type": kind} for name, kind in features.items()],
        }
    )


@pytest.fixture
def job(tmp_path: Path) -> Job:
    return Job(tmp_path / "job")


@pytest.fixture(scope="session")
def strikes() -> tuple[list[Row], list[Row]]:
    """(training, validation) rows of the real bird-strike reports: speed, phase, size, species, damage."""
    with open(ROOT / "node_modules/vega-datasets/data/birdstrikes.csv", encoding="utf-8", newline="") as file:
        reports = list(csv.DictReader(file))
    rows = [
        [
            report["Speed IAS in knots"],
            report["Phase of flight"],
            report["Wildlife Size"],
            report["Wildlife Species"],
            0 if report["Effect Amount of damage"] == "None" else 1,
        ]
        for report in reports
    ]
    random.Random(1).shuffle(rows)
    return rows[:7000], rows[7000:9000]


STRIKE_HEADER = ["Speed IAS in knots", "Phase of flight", "Wildlife Size", "Wildlife Species", "damage"]
STRIKE_COLUMNS = columns(
    "binary-classification",
    "damage",
    ["none", "damage"],
    **dict(zip(STRIKE_HEADER[:4], ["number", "category", "category", "category"], strict=True)),
)


@pytest.fixture(scope="session")
def strike_job(tmp_path_factory: pytest.TempPathFactory, strikes: tuple[list[Row], list[Row]]) -> Callable[[], Job]:
    """Makes jobs over the bird-strike reports that only differ in their directory."""

    def make() -> Job:
        made = Job(tmp_path_factory.mktemp("strikes"))
        made.hyperparameters(
            {"mlops-columns": STRIKE_COLUMNS, "num_round": "60", "eta": "0.1", "early_stopping_rounds": "10"}
        )
        made.part("train", [STRIKE_HEADER, *strikes[0]])
        made.part("validation", [STRIKE_HEADER, *strikes[1]])
        return made

    return make


@pytest.fixture(scope="session")
def strike_model(strike_job: Callable[[], Job]) -> Path:
    """The directory of a model of the bird-strike reports."""
    return strike_job().run()
