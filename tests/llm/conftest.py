"""An endpoint that follows a script, and answerers that ask one."""

import pytest
from pydantic import SecretStr

from rag.llm_answerer import open_llm_answerer
from rag.settings import Settings
from tests.llm.scripted_endpoint import KEY, Endpoint


@pytest.fixture
def endpoint():
    made = Endpoint()
    yield made
    made.close()


@pytest.fixture
def answerer_of():
    """Makes an answerer of an address. A busy machine stays far from its limits: only silence meets them."""
    pauses = []

    def make(base_url, **options):
        fields = {name: options.pop(name) for name in list(options) if name.startswith("llm")}
        defaults = {
            "llm": "openai:tiny",
            "llm_base_url": base_url,
            "llm_api_key": SecretStr(KEY),
            "llm_connect_seconds": 10.0,
            "llm_first_token_seconds": 10.0,
            "llm_token_seconds": 10.0,
            "llm_answer_seconds": 60.0,
        }
        made = open_llm_answerer(Settings(**(defaults | fields)), sleep=pauses.append, **options)
        made.pauses = pauses
        return made

    return make
