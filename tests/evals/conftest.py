"""A small suite, a harbour and a museum in both languages, and runs of it."""

from pathlib import Path

import pytest

from evals.local import LocalSubject
from evals.runs import run_suite
from evals.suite_folder import open_suite
from index.embedding import open_embedder

SMALL = Path(__file__).parent / "small"


@pytest.fixture(scope="session")
def small():
    return open_suite(SMALL)


@pytest.fixture(scope="session")
def embedder():
    return open_embedder()


@pytest.fixture(scope="session")
def run_small(embedder, tmp_path_factory):
    """Runs a suite with the shipped embedder into a folder of its own, or the one that is given."""

    def run(suite, folder=None, **options):
        folder = folder or tmp_path_factory.mktemp("runs") / "run"
        with LocalSubject(suite, embedder, options=options.pop("assistant", None)) as subject:
            return run_suite(suite, subject, folder, **options)

    return run


@pytest.fixture(scope="session")
def baseline(small, run_small):
    return run_small(small)
