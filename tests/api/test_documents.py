"""Documents and feedback over HTTP: what was added is found, what was removed is gone, each file is accounted for."""

import hashlib
import json

import pytest

from ui.api.nouns import AddObject, DocumentObject, FeedbackObject, ListObject, RemovedObject

TEXTS = {
    "zh": ("# 北港\n\n北港于 1931 年建成。", "北港是哪一年建成的？", "1931"),
    "en": (
        "# North Harbour\n\nThe lighthouse of North Harbour was built in 1931.",
        "When was the lighthouse built?",
        "1931",
    ),
    "mixed": (
        "# 北港 North Harbour\n\nNorth Harbour 的灯塔 lighthouse 建于 1931 年。",
        "lighthouse 建于哪一年？",
        "1931",
    ),
}


@pytest.fixture(params=TEXTS)
def text(request):
    return TEXTS[request.param]


def test_a_text_that_was_added_is_listed_shown_found_and_removed(own_client, text):
    content, question, figure = text
    before = own_client.get("/api/v1/documents").json()
    added = own_client.post("/api/v1/documents", json={"text": content, "name": "harbour", "kind": "markdown"})
    (one,) = AddObject.model_validate(added.json()).documents
    assert (one.outcome, one.id) == ("added", hashlib.sha256(content.encode()).hexdigest()[:16])
    listed = ListObject.model_validate(own_client.get("/api/v1/documents").json()).documents
    assert one.id in {summary.id for summary in listed}
    shown = DocumentObject.model_validate(own_client.get(f"/api/v1/documents/{one.id}").json())
    assert shown.text == content
    answer = own_client.post("/api/v1/ask", json={"question": question}).json()
    (cited, *_) = answer["citations"]
    assert figure in answer["answer"]
    assert shown.text[cited["start"] : cited["end"]] == cited["quote"]
    removed = own_client.delete(f"/api/v1/documents/{one.id}")
    assert RemovedObject.model_validate(removed.json()).removed[0].id == one.id
    assert own_client.get(f"/api/v1/documents/{one.id}").status_code == 404
    assert own_client.get("/api/v1/documents").json() == before


def test_a_text_of_the_same_name_takes_the_place_of_the_earlier(own_client):
    first = own_client.post("/api/v1/documents", json={"text": "The mill closed in 1950.", "name": "mill"}).json()
    second = own_client.post("/api/v1/documents", json={"text": "The mill closed in 1951.", "name": "mill"}).json()
    assert [first["documents"][0]["outcome"], second["documents"][0]["outcome"]] == ["added", "replaced"]
    assert own_client.get(f"/api/v1/documents/{first['documents'][0]['id']}").status_code == 404


def test_texts_without_a_name_stay_beside_each_other(own_client):
    ids = {
        own_client.post("/api/v1/documents", json={"text": f"The mill closed in {year}."}).json()["documents"][0]["id"]
        for year in (1950, 1951)
    }
    assert ids <= {one["id"] for one in own_client.get("/api/v1/documents").json()["documents"]}


def test_each_file_is_accounted_for(own_client):
    files = [
        ("files", ("港口.md", "# 港口\n\n港口建于 1931 年。".encode())),
        ("files", ("../../etc/note.txt", b"The note was written in 1940.")),
        ("files", ("program.exe", b"MZ")),
        ("files", ("broken.pdf", b"%PDF-1.7 and nothing else")),
    ]
    report = AddObject.model_validate(own_client.post("/api/v1/documents/files", files=files).json())
    assert [one.source for one in report.documents] == ["upload:港口.md", "upload:note.txt"]
    assert [one.source for one in report.failed] == ["upload:program.exe", "upload:broken.pdf"]
    assert all(one.error for one in report.failed)


@pytest.mark.parametrize("content", [b"", b"   \n", b"MZ\0\0"], ids=["empty", "blank", "binary"])
def test_a_request_of_which_nothing_can_be_read_is_a_problem(own_client, content):
    got = own_client.post("/api/v1/documents/files", files=[("files", ("x.bin", content))])
    assert (got.status_code, got.json()["code"]) == (422, "unreadable")
    assert got.json()["failed"][0]["source"] == "upload:x.bin"


def test_a_text_of_no_letter_is_a_problem(own_client):
    got = own_client.post("/api/v1/documents", json={"text": "  。！ "})
    assert (got.status_code, got.json()["code"]) == (422, "unreadable")


@pytest.mark.parametrize("document", ["0123456789abcdef", "%00", "..%2F..", "文", "a" * 500])
@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_an_unknown_id_is_not_found(client, method, document):
    got = client.request(method, f"/api/v1/documents/{document}")
    assert (got.status_code, got.headers["content-type"]) == (404, "application/problem+json")


@pytest.mark.parametrize("verdict", ["up", "down"])
def test_feedback_is_kept_as_the_command_line_keeps_it(own_client, verdict, question):
    answer = own_client.post("/api/v1/ask", json={"question": question}).json()
    body = {"verdict": verdict, "answer": answer, "reason": "原因 reason", "correction": "更正 correction"}
    got = own_client.post("/api/v1/feedback", json=body)
    assert got.status_code == 201
    shown = FeedbackObject.model_validate(got.json())
    (kept,) = own_client.app.state.services.library.feedback()
    assert (kept.id, kept.verdict, kept.reason, kept.correction) == (
        shown.id,
        verdict,
        body["reason"],
        body["correction"],
    )
    assert json.loads(kept.answer) == answer
    assert kept.documents == tuple(dict.fromkeys(one["document_id"] for one in answer["citations"]))


def test_feedback_on_what_is_no_answer_is_refused(client):
    got = client.post("/api/v1/feedback", json={"verdict": "up", "answer": {"question": "?", "answer": "!"}})
    assert (got.status_code, got.json()["code"]) == (422, "invalid_request")
