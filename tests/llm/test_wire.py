"""The time that an endpoint is given, on a clock that nobody waits for."""

import httpx
import pytest

from rag.wire import Clock, limited_client
from tests.llm.scripted_endpoint import ANSWERS, stream_of


@pytest.fixture
def ask(endpoint):
    """Asks an endpoint that answers, so many seconds after the try began."""
    endpoint.script = [stream_of(ANSWERS["zh"])]

    def ask(late):
        now = [0.0]
        clock = Clock(deadline=60, connect=10, first_token=5, between_tokens=5, now=lambda: now[0])
        now[0] = late
        with limited_client(clock) as client:
            return client.post(f"{endpoint.base_url}/chat/completions", json={}).content

    return ask


def test_the_time_for_the_first_token_begins_with_the_connection(ask):
    assert ask(late=7) == stream_of(ANSWERS["zh"])


def test_the_time_for_the_whole_answer_began_before_it(ask, endpoint):
    with pytest.raises(httpx.ConnectTimeout):
        ask(late=60)
    assert endpoint.requests == []
