"""Fit the weights of sentence ranking or of refusal, and write their part of `rag/weights.json`.

    python -m evals.fit sentences QUESTIONS.jsonl.xz … [--contexts N] [--write]
    python -m evals.fit refusal [--write]

Refusal is judged on the sentences that ranking puts first, so it is fitted after them, in a run of its own. No
evaluation set may be given here.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from evals.development_set import development_documents
from evals.drawn import draw_questions, score_drawn
from evals.fit_refusal import fit_refusal, judge_development, quantiles
from evals.fit_sentences import ask_marked, fit_sentences, report_sentences
from index.embedding import CachingEmbedder, Embedder, open_embedder
from index.library import Library
from rag.answer_signs import AnswerSigns
from rag.assistant import Assistant
from rag.refusal import RefusalModel

_WEIGHTS = Path(__file__).parent.parent / "rag" / "weights.json"
_PARTS = {"sentences": "sentence", "refusal": "refusal"}  # as the file calls them


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m evals.fit", description=__doc__.partition("\n")[0])
    parser.add_argument("part", choices=("sentences", "refusal"))
    parser.add_argument("files", nargs="*", type=Path, help="question files (.jsonl or .jsonl.xz), for sentences")
    parser.add_argument("--contexts", type=int, default=60, help="contexts taken from each file")
    parser.add_argument("--embedder", help="as TONGWEN_EMBEDDER")
    parser.add_argument("--write", action="store_true", help="write rag/weights.json; otherwise only report")
    options = parser.parse_args()
    embedder = CachingEmbedder(open_embedder(options.embedder))
    with tempfile.TemporaryDirectory() as folder:
        if options.part == "sentences":
            asked = ask_marked(Path(folder), embedder, options.files, options.contexts)
            fitted: dict[str, Any] = fit_sentences(asked)
            report_sentences(asked, fitted)
        else:
            fitted = fit_refusal(judge_development(Path(folder), embedder))
            fitted["drawn"] = _drawn_quantiles(Path(folder) / "drawn", embedder, fitted)
    content = json.loads(_WEIGHTS.read_text("utf-8")) | {_PARTS[options.part]: fitted}
    text = json.dumps(content, indent=2) + "\n"
    print(text)
    if options.write:
        _WEIGHTS.write_text(text, "utf-8")
    return 0


def _drawn_quantiles(folder: Path, embedder: Embedder, fitted: dict[str, Any]) -> list[float]:
    """Of the margins of questions drawn from all development documents, their passages there."""
    model = RefusalModel(AnswerSigns(**fitted["weights"]), fitted["bias"], fitted["thresholds"])
    library = Library(folder, embedder)
    list(library.add(development_documents()))
    with library.snapshot() as snapshot:
        questions = draw_questions(snapshot)
    return quantiles(score_drawn(Assistant(library), model, questions).there)


if __name__ == "__main__":
    sys.exit(main())
