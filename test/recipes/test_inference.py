"""Serving: the request and response formats, and every way to get a request wrong."""

from __future__ import annotations

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import inference
import pytest
from conftest import ROOT
from mlops_errors import InvalidRequestError
from mlops_requests import RequestReader

JSON = "application/json"
LINES = "application/jsonlines"


@pytest.fixture(scope="module")
def model(strike_model: Path) -> inference.Model:
    return inference.model_fn(str(strike_model))


def ask(model: inference.Model, body: str | bytes, content_type: str | None = JSON, accept: str = JSON) -> str:
    text, answered = inference.output_fn(inference.predict_fn(inference.input_fn(body, content_type), model), accept)
    assert answered in (JSON, LINES, "text/csv")
    return text


def instances(*rows: Any) -> str:
    return json.dumps({"instances": rows})


def test_all_formats_give_the_same_probability(model: inference.Model) -> None:
    row = {"Speed IAS in knots": 200, "Phase of flight": "Climb", "Wildlife Size": "Large", "Wildlife Species": "Gull"}
    first = json.loads(ask(model, instances(row)))["predictions"][0]
    assert first == {"probability": first["probability"], "label": "none" if first["probability"] < 0.5 else "damage"}
    assert 0 < first["probability"] < 1
    line = json.dumps(row).encode()
    assert json.loads(ask(model, line + b"\n\n", LINES, LINES)) == first
    plain = "200,Climb,Large,Gull\n"
    assert float(ask(model, plain, "text/csv", "text/csv")) == first["probability"]
    header = "Wildlife Size,Speed IAS in knots,Wildlife Species,Phase of flight\r\nLarge,200,Gull,Climb\r\n"
    assert float(ask(model, header, "text/csv", "text/csv")) == first["probability"]
    assert float(ask(model, header, 'text/csv; header="present"', "text/csv")) == first["probability"]


def test_missing_null_and_unknown_levels_are_the_same(model: inference.Model) -> None:
    body = instances({}, {"Phase of flight": None}, {"Phase of flight": "never seen"}, {"Phase of flight": ""})
    assert len({item["probability"] for item in json.loads(ask(model, body))["predictions"]}) == 1
    assert len(set(ask(model, ",,,\n,new,,\n", "text/csv", "text/csv").split())) == 1


def test_many_rows_equal_single_rows(model: inference.Model) -> None:
    rows = [{"Speed IAS in knots": speed, "Wildlife Size": "Small"} for speed in range(2500)]
    together = json.loads(ask(model, instances(*rows)))["predictions"]
    assert [together[n] for n in (0, 300, 2499)] == [
        json.loads(ask(model, instances(rows[n])))["predictions"][0] for n in (0, 300, 2499)
    ]


def test_threads_do_not_disturb_each_other(model: inference.Model) -> None:
    bodies = [instances({"Speed IAS in knots": speed}) for speed in range(0, 400, 10)]
    expected = [ask(model, body) for body in bodies]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda body: ask(model, body), bodies * 5)) == expected * 5


WRONG = {
    "text in number": (instances({}, {}, {"Speed IAS in knots": "fast"}), JSON, 3, "Speed IAS in knots", 'got "fast"'),
    "boolean in number": (instances({"Speed IAS in knots": True}), JSON, 1, "Speed IAS in knots", "got true"),
    "number in category": (instances({"Phase of flight": 3}), JSON, 1, "Phase of flight", "expected a string or null"),
    "list in category": (instances({"Phase of flight": []}), JSON, 1, "Phase of flight", "got []"),
    "infinite": ('{"instances":[{"Speed IAS in knots":1e999}]}', JSON, 1, "Speed IAS in knots", "number of at most"),
    "huge integer": (instances({"Speed IAS in knots": 10**400}), JSON, 1, "Speed IAS in knots", "number of at most"),
    "unknown field": (instances({"Speed IAS": 1}), JSON, 1, "Speed IAS", 'did you mean "Speed IAS in knots"'),
    "row that is a list": (instances([1, 2]), JSON, 1, None, "expected an object"),
    "no rows": (instances(), JSON, None, None, "no rows"),
    "no instances": ('{"rows":[]}', JSON, None, None, "instances"),
    "not JSON": ("{", JSON, None, None, "not JSON"),
    "NaN": ('{"instances":[{"Speed IAS in knots":NaN}]}', JSON, None, None, "NaN is not a JSON value"),
    "too deep": ("[" * 200_000, JSON, None, None, ""),
    "not UTF-8": (b"\xff\xfe", JSON, None, None, "UTF-8"),
    "bad line": (b'{}\n{"a":\n', LINES, 2, None, "not JSON"),
    "short CSV row": ("1,Climb\n", "text/csv", 1, None, "got 2 fields, expected 4"),
    "text in CSV number": ("1,a,b,c\nfast,a,b,c\n", "text/csv", 2, "Speed IAS in knots", 'got "fast"'),
    "unknown CSV column": (
        "Speed IAS in knots,Phase of flight,Sized\n1,a,b\n", "text/csv", None, "Sized", "no feature"
    ),
    "column twice": ("Wildlife Size,Wildlife Size\na,b\n", "text/csv", None, "Wildlife Size", "twice"),
    "open quote": ('1,"a,b,c\n', "text/csv", None, None, "not CSV"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_wrong_requests_are_answered_with_row_field_and_message(model: inference.Model, name: str) -> None:
    body, content_type, row, field, message = WRONG[name]
    with pytest.raises(InvalidRequestError) as caught:
        ask(model, body, content_type)
    assert caught.value.status_code == 400
    error = json.loads(caught.value.message)["error"]
    assert error["code"] == "invalid-request"
    assert (error.get("row"), error.get("field")) == (row, field)
    assert message in error["message"]
    assert "\n" not in caught.value.phrase


def test_unsupported_media_types_have_their_own_status(model: inference.Model) -> None:
    for content_type, accept, status in (("image/png", JSON, 415), (JSON, "image/png", 406)):
        with pytest.raises(InvalidRequestError) as caught:
            ask(model, instances({}), content_type, accept)
        assert caught.value.status_code == status


def test_unknown_fields_can_be_ignored(model: inference.Model) -> None:
    reader = RequestReader(model.columns, {"MLOPS_UNKNOWN_FIELDS": "ignore"})
    assert reader.read(b'{"id":"x","Wildlife Size":"Large"}', LINES).shape == (1, 4)
    assert reader.read("Wildlife Size,when\nLarge,now\n", "text/csv").shape == (1, 4)
    with pytest.raises(ValueError, match="allowed are refuse and ignore"):
        RequestReader(model.columns, {"MLOPS_UNKNOWN_FIELDS": "maybe"})


def test_serving_needs_no_pandas_of_its_own(strike_model: Path) -> None:
    # XGBoost imports pandas when it is there; the recipe must work without.
    program = (
        "import sys; sys.modules['pandas'] = None; sys.modules['sklearn'] = None\n"
        "import inference; inference.model_fn(sys.argv[1])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(strike_model)],
        cwd=ROOT / "recipes/xgboost",
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_the_toolkit_of_the_image_answers_with_our_status_and_first_line(strike_model: Path) -> None:
    transformer_module = pytest.importorskip("sagemaker_inference.transformer")
    errors = pytest.importorskip("sagemaker_inference.errors")
    assert issubclass(InvalidRequestError, errors.BaseInferenceToolkitError)

    class Context:
        system_properties = {"model_dir": str(strike_model)}  # noqa: RUF012
        status = 200

        @property
        def request_processor(self) -> list[Any]:
            return [self]

        def get_request_properties(self) -> dict[str, str]:
            return {"Content-Type": JSON}

        def set_response_status(self, code: int, phrase: str) -> None:
            self.status = code

        def set_response_content_type(self, index: int, value: str) -> None:
            self.content_type = value

    context = Context()
    transformer = transformer_module.Transformer()
    answer = transformer.transform([{"body": instances({"x": 1}).encode()}], context)[0]
    assert context.status == 400
    assert json.loads(answer.split("\n")[0])["error"]["field"] == "x"
    assert json.loads(transformer.transform([{"body": instances({}).encode()}], context)[0])["predictions"]
