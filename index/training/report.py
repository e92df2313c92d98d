"""Figures of a model folder, for reports, not choices: `python -m index.training.report --model D --evaluation D`."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

import torch

from index.training.evaluate import measure_bitext, measure_xquad
from index.training.model import Encoder


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--evaluation", type=Path, required=True)
    parser.add_argument("--bitext", action="store_true", help="also nearest translations (NTREX, FLORES, Tatoeba)")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--threads", type=int, default=0, help="0: as torch chooses")
    chosen = parser.parse_args(argv)
    if chosen.threads:
        torch.set_num_threads(chosen.threads)
    encoder = Encoder.load(chosen.model, chosen.device)
    print(
        json.dumps(
            {"model": str(chosen.model), "xquad": measure_xquad(encoder.encode, chosen.evaluation)}, ensure_ascii=False
        ),
        flush=True,
    )
    if chosen.bitext:
        print(json.dumps({"bitext": measure_bitext(encoder.encode, chosen.evaluation)}, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main())
