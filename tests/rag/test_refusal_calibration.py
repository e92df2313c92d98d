"""The calibration beside a library: what is written is read, and nothing else is."""

import json
from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rag.assistant import Assistant
from rag.calibration import (
    FILE_NAME,
    Calibration,
    CalibrationFile,
    CalibrationUnusable,
    CurvePoint,
    read_calibration,
    remove_calibration,
    write_calibration,
)
from rag.refusal import refusal_model

POINTS = (CurvePoint(-1.0, 0.5, 0.0), CurvePoint(0.25, 0.9, 0.05))
GOOD = Calibration("embedder", "model", "2026-11-24", "cases", 30, 25, 0.9, -0.1, 0.25, POINTS[1], POINTS)


def for_library(library, shift):
    return replace(GOOD, embedder=library.embedder.fingerprint, model=refusal_model().fingerprint, shift=shift)


def test_what_is_written_is_read(tmp_path):
    write_calibration(tmp_path, GOOD)
    assert read_calibration(tmp_path, "embedder", "model") == GOOD


def test_a_library_without_one_has_none(tmp_path):
    assert read_calibration(tmp_path, "embedder", "model") is None
    assert not remove_calibration(tmp_path)


def test_removing_it_goes_back_to_what_ships(tmp_path):
    write_calibration(tmp_path, GOOD)
    assert remove_calibration(tmp_path)
    assert read_calibration(tmp_path, "embedder", "model") is None


@pytest.mark.parametrize(
    ("embedder", "model", "changed"), [("other", "model", "embedder"), ("embedder", "other", "refusal model")]
)
def test_one_of_another_making_is_refused_with_its_cure(tmp_path, embedder, model, changed):
    write_calibration(tmp_path, GOOD)
    with pytest.raises(
        CalibrationUnusable, match=rf"another {changed}; run `tongwen calibrate` again, or .*--reset"
    ) as e:
        read_calibration(tmp_path, embedder, model)
    assert "\n" not in str(e.value)


@given(place=st.integers(0, 10_000), byte=st.integers(0, 255))
@settings(max_examples=60, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_changed_byte_never_changes_what_is_read(tmp_path, place, byte):
    write_calibration(tmp_path, GOOD)
    path = tmp_path / FILE_NAME
    content = bytearray(path.read_bytes())
    content[place % len(content)] = byte
    path.write_bytes(content)
    with suppress(CalibrationUnusable):
        assert read_calibration(tmp_path, "embedder", "model") == GOOD


@pytest.mark.parametrize(
    "content", [b"", b"null", b"[]", b"{}", b"\xff", b"[" * 100_000, b'{"sha256": 1}', b" " * (2 << 20)]
)
def test_what_is_no_calibration_is_damaged(tmp_path, content):
    (tmp_path / FILE_NAME).write_bytes(content)
    with pytest.raises(CalibrationUnusable, match="is damaged; run `tongwen calibrate`"):
        read_calibration(tmp_path, "embedder", "model")


def test_a_file_cut_anywhere_is_damaged(tmp_path):
    write_calibration(tmp_path, GOOD)
    path = tmp_path / FILE_NAME
    whole = path.read_bytes()
    for length in range(0, len(whole) - 2, 7):
        path.write_bytes(whole[:length])
        with pytest.raises(CalibrationUnusable):
            read_calibration(tmp_path, "embedder", "model")


def test_a_folder_in_its_place_is_said(tmp_path):
    (tmp_path / FILE_NAME).mkdir()
    with pytest.raises(CalibrationUnusable, match="cannot be read"):
        read_calibration(tmp_path, "embedder", "model")


def test_it_is_read_again_when_it_has_changed(tmp_path):
    file = CalibrationFile(tmp_path, "embedder")
    assert file.read("model") is None
    write_calibration(tmp_path, GOOD)
    assert file.read("model") == GOOD
    write_calibration(tmp_path, replace(GOOD, shift=1.5))
    assert file.read("model").shift == 1.5
    remove_calibration(tmp_path)
    assert file.read("model") is None


@pytest.mark.parametrize(
    "question", ["海源电池的市场份额是多少？", "海源電池的市場份額是多少？", "What share does Haiyuan hold?"]
)
def test_an_assistant_answers_by_the_calibration_of_its_library(library_of, batteries, question):
    library = library_of(batteries["zh"], batteries["en"])
    assistant = Assistant(library)
    assert not assistant.ask(question).refused
    write_calibration(library.folder, for_library(library, shift=50.0))
    refused = assistant.ask(question)
    assert (refused.refused, refused.reason) == (True, "not_answered")
    remove_calibration(library.folder)
    assert not assistant.ask(question).refused


def test_an_assistant_does_not_answer_by_a_stale_calibration(library_of, batteries):
    library = library_of(batteries["en"])
    write_calibration(library.folder, replace(for_library(library, 0.0), embedder="another"))
    with pytest.raises(CalibrationUnusable, match="another embedder"):
        Assistant(library).ask("What share does Haiyuan hold?")


def test_the_file_is_plain_json(tmp_path):
    write_calibration(tmp_path, GOOD)
    content = json.loads((tmp_path / FILE_NAME).read_text("utf-8"))
    assert (content["answerable"], content["unanswerable"], content["embedder"]) == (30, 25, "embedder")
    assert content["chosen"] == {"threshold": 0.25, "refusal_recall": 0.9, "false_refusals": 0.05}
