"""Medians, spreads and ratios over rounds, and the tables and the plot made of them."""

import json
import xml.etree.ElementTree as ElementTree

import pytest

from evals.bench.figures import FLOOR, Measurement, Results, Spread, parse_results, spread
from evals.bench.plot import write_plot
from evals.bench.report import Table, number, size_tables, write_report

PLAN = {
    "contenders": ["tongwen", "by-hand", "txtai"],
    "texts": {"origin": "故事.txt", "held": 50, "questions": 20, "fingerprint": "0"},
    "encode_up_to": 100,
    "k": 10,
    "embedder": {"name": "hashing", "fingerprint": "hashing-1"},
}
MACHINE = {"processor": "P", "cores": 2, "memory_gb": 8.0, "system": "S", "python": "3", "packages": {}}


def results(*measurements):
    return Results(PLAN, MACHINE, {"txtai": "txtai is not installed"}, list(measurements))


@pytest.fixture
def three_rounds():
    ours, theirs = (4.0, 2.0, 3.0), (8.0, 3.0, 6.0)
    return results(
        *(
            Measurement(number, 100, name, 0.5, {"search_p50_ms": value, "search_p95_ms": value + 1, "ingest_s": value})
            for number in range(3)
            for name, value in (("tongwen", ours[number]), ("by-hand", theirs[number]))
        ),
        *(Measurement(number, 100, FLOOR, 0.5, {"first_s": 0.5, "ingest_s": 1.5}) for number in range(3)),
    )


def test_a_spread_is_the_median_between_the_lowest_and_the_highest():
    assert spread([5, 1, 2]) == Spread(2, 1, 5, 3)
    assert spread([1, 2]) == Spread(1.5, 1, 2, 2)
    assert spread([]) is None


def test_a_ratio_is_that_of_the_same_round(three_rounds):
    assert three_rounds.ratio(100, "by-hand", "search_p50_ms") == Spread(2.0, 1.5, 2.0, 3)  # of medians it would be 2
    assert three_rounds.ratio(100, "by-hand", "ingest_s", to=FLOOR) == Spread(4.0, 2.0, 8.0 / 1.5, 3)


def test_there_is_no_ratio_of_rounds_that_only_one_has():
    held = results(Measurement(0, 9, "tongwen", 0, {"disk_mb": 1.0}), Measurement(1, 9, "by-hand", 0, {"disk_mb": 1.0}))
    assert held.ratio(9, "by-hand", "disk_mb") is None


def test_results_come_back_from_json(three_rounds):
    three_rounds.measurements.append(Measurement(0, 9, "by-hand", 0.5, {}, "磁盘满了"))
    assert parse_results(json.loads(json.dumps(three_rounds.to_json()))) == three_rounds


def test_json_holds_medians_and_ratios_too(three_rounds):
    summary = {(one["contender"], one["figure"]): one for one in three_rounds.to_json()["summary"]}
    assert summary["by-hand", "search_p50_ms"] == {
        "size": 100,
        "contender": "by-hand",
        "figure": "search_p50_ms",
        "value": {"middle": 6.0, "low": 3.0, "high": 8.0, "n": 3},
        "times_ours": {"middle": 2.0, "low": 1.5, "high": 2.0, "n": 3},
    }
    assert summary[FLOOR, "first_s"]["times_ours"] is None


@pytest.mark.parametrize("change", [{"format": 2}, {"plan": None}, {"measurements": [{"size": 1}]}, {"machine": 3}])
def test_what_is_no_result_is_an_error(three_rounds, change):
    with pytest.raises((ValueError, KeyError, TypeError)):
        parse_results(three_rounds.to_json() | change)


def test_tables_give_throughput_and_its_share_of_bare_encoding(three_rounds):
    speed = next(size_tables(three_rounds, 100))
    ingest, bare = speed.header.index("ingest, texts/s"), speed.header.index("of bare encoding")
    assert [(row[0], row[ingest], row[bare]) for row in speed.rows] == [
        ("Tongwen", "33.3 ±38%", "0.5 ±38%"),
        ("faiss + bm25s by hand", "16.7 ±62%", "0.25 ±62%"),
    ]


def test_a_single_round_has_no_spread():
    one = results(Measurement(0, 9, "tongwen", 0.5, {"disk_mb": 2.5}))
    assert "2.5" in [cell for table in size_tables(one, 9) for row in table.rows for cell in row]


def test_a_report_says_what_was_drawn_left_out_and_failed(three_rounds):
    three_rounds.measurements.append(Measurement(0, 500, "by-hand", 2.5, {}, "its ingest ended with status 1: 坏"))
    report = write_report(three_rounds, markdown=True)
    assert (
        "100 texts: 50 given, the others drawn from the distribution of their words; all encoded; rounds: 3" in report
    )
    assert "500 texts: 50 given" in report
    assert "nothing is encoded" in report
    assert "txtai hybrid is left out: txtai is not installed" in report
    assert "faiss + bm25s by hand failed with 500 texts: its ingest ended with status 1: 坏" in report
    assert "Load of the machine when a measurement began: 0.50 to 2.50" in report
    assert "故事.txt" in report


def test_every_row_of_a_table_has_a_cell_for_each_column(three_rounds):
    tables = list(size_tables(three_rounds, 100))
    assert len(tables) == 5
    assert all(len(row) == len(table.header) for table in tables for row in table.rows)


def test_a_table_is_written_both_ways():
    table = Table("Times", ("", "a", "b"), [("first", "1", "–"), ("二", "10", "2")])
    assert table.markdown() == "**Times**\n\n|  | a | b |\n|---|---:|---:|\n| first | 1 | – |\n| 二 | 10 | 2 |"
    assert table.plain() == "Times\n        a  b\nfirst   1  –\n二      10  2"


@pytest.mark.parametrize(
    ("value", "written"),
    [(0, "0"), (0.00123456, "0.00123"), (1.5, "1.5"), (99.94, "99.9"), (123.4, "123"), (65536.0, "65,536")],
)
def test_numbers_have_three_digits(value, written):
    assert number(value) == written


def test_the_plot_is_an_image_with_a_point_for_each_contender_and_size(three_rounds):
    three_rounds.measurements.append(Measurement(0, 10_000, "tongwen", 0.5, {"search_p50_ms": 20.0}))
    image = ElementTree.fromstring(write_plot(three_rounds))
    points = [point[0].text for point in image.iter("{http://www.w3.org/2000/svg}circle")]
    assert points == [
        "Tongwen, 100 texts: 3 ms",
        "Tongwen, 10,000 texts: 20 ms",
        "faiss + bm25s by hand, 100 texts: 6 ms",
    ]


def test_a_plot_of_nothing_is_an_image_all_the_same():
    assert ElementTree.fromstring(write_plot(results())).tag.endswith("svg")
