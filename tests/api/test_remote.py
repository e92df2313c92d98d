"""The evaluation asks the real server as it would ask anyone's, and scores what it gets like what it makes itself."""

from pathlib import Path

import pytest
from serving import served

from evals.local import LocalSubject
from evals.remote import OpenAiAssistant, RemoteAssistant
from evals.runs import run_suite
from evals.suite_folder import open_suite
from index.embedding import open_embedder
from index.library import Library
from rag.assistant import Assistant
from ui.api.app import build_api
from ui.web.app import build_app
from ui.web.services import ChatServices

SMALL = Path(__file__).parents[1] / "evals" / "small"


@pytest.fixture(scope="module")
def small():
    return open_suite(SMALL)


@pytest.fixture(scope="module")
def address(small, tmp_path_factory):
    library = Library(tmp_path_factory.mktemp("remote") / "library", open_embedder())
    list(library.add(small.documents))
    assistant = Assistant(library)
    with served(build_app(ChatServices(assistant, lambda: 2), api=build_api(assistant))) as address:
        yield address


def test_the_server_is_scored_like_the_program_itself(small, address, tmp_path):
    remote = run_suite(small, RemoteAssistant(small, address), tmp_path / "remote", jobs=2)
    with LocalSubject(small, open_embedder()) as subject:
        local = {record.case.id: record for record in run_suite(small, subject, tmp_path / "local").records}
    compared = [record for record in remote.records if record.case.documents == "both"]
    assert compared
    for record in compared:
        for score in ("right", "citation_recall"):
            assert record.scores[score] == local[record.case.id].scores[score]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_it_answers_as_an_openai_compatible_one_too(small, address, language):
    ours, other = RemoteAssistant(small, address), OpenAiAssistant(small, f"{address}/v1", "tongwen")
    answered = (
        (ours.ask(case).answer, case)
        for case in small.cases
        if case.documents == "both" and not case.history and case.language == language
    )
    whole, case = next(pair for pair in answered if not pair[0]["refused"])
    completed = other.ask(case).answer
    assert completed["answer"] == whole["answer"]
    cited = [[(one["number"], one["quote"]) for one in answer["citations"]] for answer in (completed, whole)]
    assert cited[0] == cited[1] != []
