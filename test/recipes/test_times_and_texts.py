"""Timestamps and free text: read as ingest reads them, encoded alike in training and serving."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import inference
import numpy as np
import pytest
from conftest import ROOT, Job
from mlops_columns import TEXT, TIMESTAMP, Columns, Feature
from mlops_errors import InvalidRequestError, TrainingError
from mlops_instants import TIME_PARTS, instant_reader, time_parts
from mlops_requests import RequestReader
from mlops_table import read_table
from mlops_words import encode_texts, words

JSON = "application/json"
DECLARED = "%d/%m/%Y %H:%M"
CASES = json.loads((ROOT / "test/fixtures/data/instants.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['text']} by {case['format']}")
def test_times_are_read_as_ingest_reads_them(case: dict[str, Any]) -> None:
    try:
        found = instant_reader(case["format"])(case["text"])
    except ValueError:
        found = None
    assert found == case["instant"]


def test_parts_are_those_of_the_calendar_in_utc() -> None:
    def parts(text: str) -> list[float]:
        return time_parts([instant_reader(None)(text)], TIME_PARTS)[0].tolist()

    last = parts("2000-12-31T23:59:00Z")
    assert last[:7] == [59, 23, 7, 31, 366, 12, 2000]
    assert last[7] == pytest.approx(11_322 + 1439 / 1440)
    assert parts("1969-12-31T12:00:00Z") == [0, 12, 3, 31, 365, 12, 1969, -0.5]
    assert parts("2024-07-01") == [0, 0, 1, 1, 183, 7, 2024, 19_905]
    assert parts("0099-01-01")[4:7] == [1, 1, 99]
    assert np.isnan(time_parts([None], ["hour", "month"])).all()


def test_words_are_runs_of_letters_and_digits_in_any_case_and_spelling() -> None:
    assert words("Bird-strike: 2 GULLS, ﬂight_7!") == ["bird", "strike", "2", "gulls", "flight", "7"]
    # Composed and decomposed letters are the same word.
    assert words("Caf\u00e9") == words("Cafe\u0301") == ["caf\u00e9"]
    assert words("--- !") == []


def test_texts_are_counts_of_hashed_words() -> None:
    encoded = encode_texts(["gull hit, gull gone", "", "  \n", "...", "engine"], 16)
    assert encoded.shape == (5, 17)
    assert encoded[0, 16] == 4
    assert encoded[0, :16].sum() == 4
    assert encoded[0, :16].max() >= 2
    assert np.isnan(encoded[1:3]).all()
    assert (encoded[3] == 0).all()
    # The check value of CRC-32 (https://reveng.sourceforge.io/crc-catalogue/17plus.htm#crc.cat.crc-32-iso-hdlc).
    assert np.flatnonzero(encode_texts(["123456789"], 4_096)[0, :-1]).tolist() == [0xCBF43926 % 4_096]


def spec(**more: Any) -> str:
    return json.dumps(
        {
            "problem": "binary-classification",
            "target": "bad",
            "classes": ["no", "yes"],
            "features": [
                {"name": "size", "type": "number"},
                {"name": "moment", "type": "timestamp", "format": DECLARED, "parts": ["hour", "weekday"], **more},
                {"name": "kind", "type": "category"},
                {"name": "note", "type": "text", "buckets": 32},
            ],
        }
    )


HEADER = ["size", "moment", "kind", "note", "bad"]


def rows(count: int, seed: int) -> list[list[Any]]:
    """Bad at night, or when the note speaks of smoke; size and kind say nothing."""
    randomness = random.Random(seed)
    made: list[list[Any]] = []
    for _ in range(count):
        hour, day = randomness.randrange(24), randomness.randrange(1, 29)
        smoke = randomness.random() < 0.3
        filler = randomness.sample(["engine", "left", "wing", "landing", "gear", "bird", "noise"], 3)
        note = " ".join([*filler, "Smoke," if smoke else "clear"])
        bad = int(hour >= 20 or smoke)
        made.append([randomness.random(), f"2001-03-{day:02d}T{hour:02d}:15:00Z", randomness.choice("abc"), note, bad])
    return made


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = Job(tmp_path_factory.mktemp("times"))
    made.hyperparameters({"mlops-columns": spec(), "num_round": "30", "max_depth": "4", "eta": "0.5"})
    made.part("train", [HEADER, *rows(1500, 1), [0.5, "", "", "", 0]])
    made.part("validation", [HEADER, *rows(300, 2)])
    return made.run()


@pytest.fixture(scope="module")
def model(directory: Path) -> inference.Model:
    return inference.model_fn(str(directory))


def probabilities(model: inference.Model, body: str, content_type: str = JSON) -> list[float]:
    scores = inference.predict_fn(inference.input_fn(body, content_type), model)
    return [float(value) for value in scores.values]


def ask(model: inference.Model, *instances: dict[str, Any]) -> list[float]:
    return probabilities(model, json.dumps({"instances": instances}))


def test_a_model_learns_from_the_hour_and_from_a_word(model: inference.Model) -> None:
    night, day, smoke, other, empty = ask(
        model,
        {"moment": "05/03/2001 22:30", "note": "engine clear"},
        {"moment": "05/03/2001 10:30", "note": "engine clear"},
        {"moment": "05/03/2001 10:30", "note": "There was SMOKE!"},
        {"moment": "05/03/2001 10:30", "note": "clear words that nobody has seen"},
        {},
    )
    assert night > 0.9 > 0.5 > day
    assert smoke > 0.9
    assert other < 0.5
    assert 0 <= empty <= 1


def test_all_ways_to_send_a_row_give_the_same(model: inference.Model) -> None:
    declared, iso, shifted = ask(
        model,
        {"size": 0.5, "moment": "05/03/2001 22:30", "kind": "a", "note": "smoke, left wing"},
        {"size": 0.5, "moment": "2001-03-05T22:30:00Z", "kind": "a", "note": "smoke, left wing"},
        {"size": 0.5, "moment": "2001-03-06T00:30:00+02:00", "kind": "a", "note": "Smoke left WING"},
    )
    assert declared == iso == shifted
    plain = '0.5,5/3/2001 22:30,a,"smoke, left wing"\r\n'
    assert probabilities(model, plain, "text/csv") == [declared]
    assert ask(model, {"moment": None, "note": None}) == ask(model, {"moment": "", "note": " "}, {})[:1]


def test_training_and_serving_encode_alike(model: inference.Model, tmp_path: Path) -> None:
    job = Job(tmp_path)
    table = rows(200, 7)
    texts = [*("a, b\r\nc", 'say "hi" hi', "北京 Ünïcode ﬁn", "", "...", " x "), *(row[3] for row in table[6:])]
    for row, text in zip(table, texts, strict=True):
        row[3] = text
    table[0][1] = ""
    job.part("train", [HEADER, *table])
    path = tmp_path / "input/data/train/batches/x/part-00000.csv"
    trained = read_table([str(path)], model.columns).x
    instances = [
        {name: value if value != "" else None for name, value in zip(HEADER[:4], row, strict=False)} for row in table
    ]
    served = RequestReader(model.columns).read(json.dumps({"instances": instances}), JSON)
    assert trained.shape == (200, 1 + 2 + 1 + 33)
    np.testing.assert_array_equal(trained, served)


WRONG: dict[str, tuple[Any, str, str]] = {
    "another order": ({"moment": "03/25/2001 10:00"}, "moment", "a time in the format %d/%m/%Y %H:%M or in ISO"),
    "no time of day": ({"moment": "25/03/2001"}, "moment", 'got "25/03/2001"'),
    "no such day": ({"moment": "2001-02-30"}, "moment", 'got "2001-02-30"'),
    "a number": ({"moment": 985478400}, "moment", "got"),
    "a boolean": ({"moment": True}, "moment", "got true"),
    "a list for a text": ({"note": ["smoke"]}, "note", "expected a string or null"),
    "a number for a text": ({"note": 7}, "note", "got 7"),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_times_and_texts_are_refused_by_name(model: inference.Model, name: str) -> None:
    instance, field, message = WRONG[name]
    with pytest.raises(InvalidRequestError) as caught:
        ask(model, {}, instance)
    assert caught.value.status_code == 400
    error = json.loads(caught.value.message)["error"]
    assert (error["row"], error["field"]) == (2, field)
    assert message in error["message"]


def test_epoch_seconds_come_as_numbers_or_texts() -> None:
    feature = Feature("at", TIMESTAMP, format="epoch-seconds", parts=("year", "hour"))
    reader = RequestReader(Columns("regression", "y", (), (feature,)))
    body = json.dumps({"instances": [{"at": 1009792800}, {"at": "1009792800"}, {"at": 1009792800.5}]})
    assert reader.read(body, JSON).tolist() == [[2001, 10]] * 3


def test_the_encoding_travels_with_the_model(directory: Path) -> None:
    features = json.loads((directory / "encoding.json").read_text(encoding="utf-8"))["features"]
    assert features[1] == {
        "name": "moment",
        "type": "timestamp",
        "format": DECLARED,
        "parts": ["hour", "weekday"],
    }
    assert features[3] == {"name": "note", "type": "text", "buckets": 32}


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"parts": ["hour", "century"]}, 'got "century"'),
        ({"parts": []}, "parts of"),
        ({"format": "%Q"}, "%Q"),
    ],
)
def test_wrong_descriptions_of_columns_are_refused(job: Job, more: dict[str, Any], message: str) -> None:
    job.hyperparameters({"mlops-columns": spec(**more)})
    with pytest.raises(TrainingError, match=message):
        job.run()


def test_a_part_with_a_wrong_time_is_refused_with_its_row(job: Job) -> None:
    job.hyperparameters({"mlops-columns": spec(), "num_round": "2"})
    job.part("train", [HEADER, *rows(20, 1), [1, "yesterday", "a", "x", 0]])
    with pytest.raises(TrainingError, match=r'row 21, column "moment": got "yesterday", expected a time in the format'):
        job.run()


def test_constraints_that_name_a_timestamp_hold_for_all_its_columns(job: Job) -> None:
    job.hyperparameters(
        {
            "mlops-columns": spec(),
            "num_round": "3",
            "monotone_constraints": '{"moment": 1}',
            "interaction_constraints": '[["moment", "size"], ["note"]]',
        }
    )
    job.part("train", [HEADER, *rows(200, 4)])
    job.run()


def test_a_text_of_many_buckets_is_encoded_in_blocks() -> None:
    texts = [f"word{n} again" for n in range(2_500)]
    encoded = encode_texts(texts, 4_096)
    np.testing.assert_array_equal(encoded[2_000:2_003], encode_texts(texts[2_000:2_003], 4_096))
    assert Feature("note", TEXT, buckets=4_096).width == 4_097
