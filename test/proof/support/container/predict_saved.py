"""Predicts rows with a saved model under whatever XGBoost is installed: predict_saved.py MODEL_DIR ROWS.JSONL."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import xgboost

model_dir, rows_path = sys.argv[1:]
sys.path.insert(0, str(Path(model_dir, "code")))

import inference  # noqa: E402

model = inference.model_fn(model_dir)
body = Path(rows_path).read_bytes()
scores = inference.predict_fn(inference.input_fn(body, "application/jsonlines"), model)
print(json.dumps({"xgboost": xgboost.__version__, "values": [float(value) for value in scores.values]}))
