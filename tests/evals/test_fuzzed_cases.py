"""A thousand broken files of cases: each is one clear error that names file and line, and nothing else is raised."""

import json
import random
import re
from pathlib import Path

import pytest

import evals
from evals.cases import CaseError, parse_case, read_cases
from evals.strict_json import load_object

SHIPPED = Path(evals.__file__).parent / "suites" / "article" / "cases.jsonl"
RICH = {
    "id": "rich",
    "question": "去年呢？ And the year before?",
    "language": "zh",
    "type": "follow_up",
    "answerable": True,
    "documents": ["年报.pdf"],
    "answers": [{"quantity": "35 亿元", "tolerance": 0.01, "aliases": ["3.5 bn"]}, {"text": "三十五亿"}],
    "must_cite": [[{"document": "年报.pdf", "quote": "投资 35 亿元。"}], ["又一句。"]],
    "difficulty": "hard",
    "history": [{"question": "今年？", "answer": "40 亿元。"}],
    "tags": ["draft"],
}
WRONG = [None, 0, -1, 10**30, 1.5, True, "", " ", "text", [], {}, [[]], [None], [{}], {"a": 1}, [[["x"]]], "\ud800"]


def truncated(chance, line):
    return line[: chance.randrange(1, len(line))]


def with_random_bytes(chance, line):
    at = chance.randrange(len(line))
    return line[:at] + chance.randbytes(chance.randrange(1, 9)) + line[at + chance.randrange(4) :]


def with_a_wrong_type(chance, line):
    content = json.loads(line)
    holder, key = chance.choice([*places_in(content)])
    holder[key] = chance.choice(WRONG)
    return json.dumps(content).encode()


def nested(chance, line):
    content = json.loads(line)
    depth = chance.choice([1, 21, 900, 50_000])
    key = chance.choice([*content, "extra"])
    content[key] = "HERE"
    return json.dumps(content).replace('"HERE"', "[" * depth + "]" * depth).encode()


def with_swapped_fields(chance, line):
    content = json.loads(line)
    one, other = chance.sample([*content], 2)
    content[one], content[other] = content[other], content[one]
    return json.dumps(content).encode()


def without_a_field(chance, line):
    content = json.loads(line)
    holder, key = chance.choice([*places_in(content)])
    del holder[key]
    return json.dumps(content).encode()


def with_a_key_twice(chance, line):
    name = chance.choice([*json.loads(line)])
    return line[:-1] + f', "{name}": 1}}'.encode()


def with_an_odd_number(chance, line):
    content = json.loads(line)
    content[chance.choice([*content])] = "HERE"
    number = chance.choice(["NaN", "Infinity", "-Infinity", "1e400", "9" * 5000, "0x1", "01", "1_0"])
    return json.dumps(content).replace('"HERE"', number).encode()


MUTATIONS = [
    truncated,
    with_random_bytes,
    with_a_wrong_type,
    nested,
    with_swapped_fields,
    without_a_field,
    with_a_key_twice,
    with_an_odd_number,
]


def places_in(value):
    """Every list or object in a value with a key of it."""
    for key, item in list(value.items() if isinstance(value, dict) else enumerate(value)):
        yield value, key
        if isinstance(item, dict | list):
            yield from places_in(item)


def is_a_case(line):
    """Whether the line is a case in spite of all: half of a random change may be none, a field may be left out."""
    try:
        parse_case(load_object(line.decode()))
    except ValueError:
        return False
    return True


def broken_files(count):
    """The first `count` files that a seeded generator breaks, each with the number of the broken line."""
    chance = random.Random(20260101)
    good = [*SHIPPED.read_bytes().splitlines()[:40], json.dumps(RICH, ensure_ascii=False).encode()]
    made = 0
    while made < count:
        mutate = MUTATIONS[made % len(MUTATIONS)]
        lines = chance.sample(good, 3)
        at = chance.randrange(3)
        lines[at] = mutate(chance, chance.choice([lines[at], good[-1]]))
        if b"\n" not in lines[at] and lines[at].strip() and not is_a_case(lines[at]):
            made += 1
            yield mutate.__name__, at + 1, b"\n".join(lines)


def test_a_thousand_broken_files_are_a_thousand_errors_with_their_line(tmp_path):
    path = tmp_path / "cases.jsonl"
    kinds = set()
    for kind, line, content in broken_files(1000):
        path.write_bytes(content)
        with pytest.raises(CaseError) as caught:
            read_cases(path)
        message = str(caught.value)
        assert message.startswith(f"{path}:{line}"), (kind, message)
        assert re.search(r"; (correct the line|give a UTF-8 file of cases)$", message), (kind, message)
        assert "\n" not in message
        assert len(message) < 1000
        kinds.add(kind)
    assert len(kinds) == len(MUTATIONS)
