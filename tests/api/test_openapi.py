"""Our own description against ourselves: generated requests, and what it says of every operation."""

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, Verbosity, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from torture_report import report

from ui.api.app import build_api

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
OPERATIONS = 16
QUIET = {
    "deadline": None,
    "derandomize": True,
    "database": None,
    "verbosity": Verbosity.quiet,
    "phases": [Phase.explicit, Phase.generate],
    "suppress_health_check": list(HealthCheck),
}


@pytest.fixture
def described(make_assistant):
    return schemathesis.openapi.from_asgi("/api/v1/openapi.json", build_api(make_assistant()))


def call_all(described, examples):
    """Calls every operation with so many valid and as many invalid requests; how many calls it was."""
    calls = 0
    operations = [found.ok() for found in described.get_all_operations()]
    assert len(operations) == OPERATIONS
    for operation in operations:
        for mode in (schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE):
            if mode.is_negative and not operation.body:
                continue

            @settings(max_examples=examples, **QUIET)
            @given(case=operation.as_strategy(generation_mode=mode))
            def check(case):
                nonlocal calls
                calls += 1
                case.call_and_validate(checks=CHECKS)

            check()
    return calls


def test_generated_requests_are_answered_as_described(described):
    assert call_all(described, 5) >= 80


@pytest.mark.torture
@pytest.mark.timeout(1800)
def test_thousands_of_generated_requests_are_answered_as_described(described):
    calls = call_all(described, 150)
    report("generated requests", n=calls, failures=0, what="5xx, or a response that is not as described")
    assert calls >= 2000


def test_each_operation_says_what_it_does_and_how_it_fails(client):
    document = client.get("/api/v1/openapi.json").json()
    for path, operations in document["paths"].items():
        for operation in operations.values():
            assert operation["summary"]
            failing = "application/json" if path.startswith("/v1/") else "application/problem+json"
            statuses = set(operation["responses"])
            assert {"404", "405", "413", "500", "503", "507"} <= statuses
            assert ("422" in statuses) == (not path.startswith("/v1/"))
            assert set(operation["responses"]["503"]["content"]) == {failing}
            assert "Retry-After" in operation["responses"]["503"]["headers"]


def test_the_bodies_have_examples_that_work(client, assistant):
    document = client.get("/api/v1/openapi.json").json()
    for path in ("/api/v1/ask", "/api/v1/search", "/v1/chat/completions"):
        content = document["paths"][path]["post"]["requestBody"]["content"]["application/json"]
        noun = document["components"]["schemas"][content["schema"]["$ref"].rsplit("/", 1)[1]]
        assert noun["examples"]
        for example in noun["examples"]:
            assert client.post(path, json=example).status_code == 200


def test_every_code_is_listed(client):
    listed = client.get("/api/v1/problems").json()
    assert listed["library_busy"] == {"status": 503, "title": "Another process is writing to the library"}
