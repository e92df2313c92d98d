"""Train the bilingual encoder: `python -m index.training.train --data D --evaluation D --out D --minutes N --resume`.

First the student's Chinese is drawn towards the frozen English teacher (translations), with a little retrieval; then
mostly questions → passages and sentences → passages across languages, with translations so that nothing is forgotten.
The length of a run is wall-clock time, whatever the machine. What is measured and saved are averaged weights.
"""

from __future__ import annotations

import argparse
import json
import logging
import math
import random
import signal
import sys
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from torch.nn import functional

from index.training.batches import Corpus, Retrieval, Translations
from index.training.evaluate import Development
from index.training.model import Encoder
from index.training.prepare import prepare, read_development, teacher_folder

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Recipe:
    """The settings of a run."""

    minutes: float = 70.0
    first_share: float = 0.3  # of the time, for the first stage
    rate: float = 2.5e-4  # peak, for the layers
    embedding_rate: float = 8e-4  # peak, for the token vectors, most of which are new
    floor: float = 0.02  # of the peak, reached at the end
    warm_up: int = 100  # steps
    budget: int = 4096  # tokens in a batch
    temperature: float = 0.05
    pull: float = 5.0  # weight of 1 - cosine towards the teacher
    bank: int = 4096  # teacher vectors of past batches, as further negatives
    english_every: int = 4  # translations batches between two that also keep the English in place
    average: float = 0.97  # kept of the averaged weights, every `average_every` steps
    average_every: int = 5
    checkpoint_minutes: float = 12.0
    seed: int = 1
    # share of batches: translations, people's questions zh, en, headings zh, en; the rest sentences → passages
    first: tuple[float, ...] = (0.86, 0.03, 0.02, 0.01, 0.01)
    second: tuple[float, ...] = (0.36, 0.18, 0.16, 0.01, 0.01)


KINDS = {1: 1, 2: 0, 3: 3, 4: 2}  # position in Recipe.first → kind of question in the corpus


def contrast(
    a: torch.Tensor, b: torch.Tensor, temperature: float, more: torch.Tensor | None = None
) -> tuple[torch.Tensor, float]:
    """InfoNCE both ways between rows of unit vectors, and the share of `a` whose own `b` is nearest.

    Rows of `b` that nearly equal each other are not each other's negatives; `more` are further negatives for `a`.
    """
    own = torch.arange(len(a), device=a.device)
    scores = a @ b.T / temperature
    with torch.no_grad():
        same = (b @ b.T > 0.97) & ~torch.eye(len(b), dtype=torch.bool, device=b.device)
    scores = scores.masked_fill(same, -1e4)
    wide = scores
    if more is not None and len(more):
        with torch.no_grad():
            alike = b @ more.T > 0.9
        wide = torch.cat([scores, (a @ more.T / temperature).masked_fill(alike, -1e4)], 1)
    right = (scores.argmax(1) == own).float().mean().item()
    return (functional.cross_entropy(wide, own) + functional.cross_entropy(scores.T, own)) / 2, right


class Trainer:
    """Student, teacher, optimiser and averaged weights; `state/` in `out` lets a later process go on."""

    def __init__(self, out: Path, recipe: Recipe, device: str) -> None:
        torch.manual_seed(recipe.seed)
        self.out, self.recipe, self.device = out, recipe, device
        self.student = Encoder.load(out / "start", device)
        self.averaged = Encoder.load(out / "start", device)
        self.teacher = Encoder.load(teacher_folder(), device)
        parameters = dict(self.student.bert.named_parameters())
        self.dense = [p for n, p in parameters.items() if "word_embeddings" not in n]
        groups = [
            {"params": [p for p in self.dense if p.dim() > 1], "peak": recipe.rate, "weight_decay": 0.01},
            {"params": [p for p in self.dense if p.dim() == 1], "peak": recipe.rate, "weight_decay": 0.0},
        ]
        vectors = [
            {"params": [p for n, p in parameters.items() if "word_embeddings" in n], "peak": recipe.embedding_rate}
        ]
        self.optimizers: list[torch.optim.Optimizer] = [
            torch.optim.AdamW(groups, lr=recipe.rate, betas=(0.9, 0.98), fused=True),
            torch.optim.SparseAdam(vectors, lr=recipe.rate, betas=(0.9, 0.98)),
        ]
        opening, closing = self.student.tokenizer.encode("").ids
        self.corpus = Corpus(out, opening, closing, recipe.seed, recipe.budget)
        self.bank = torch.zeros(0, self.student.bert.config.hidden_size, device=device)
        self.development = Development(read_development(out))
        self.step, self.spent, self.best, self.tokens = 0, 0.0, 0.0, 0
        self.stopped = False  # by SIGTERM

    def distil(self, batch: Translations) -> tuple[torch.Tensor, float]:
        with torch.no_grad():
            goal = self.teacher.embed(batch.teacher)
        sides = [batch.chinese]
        if self.step % self.recipe.english_every == 0:
            sides.append(batch.english)
        losses, rights = [], []
        for side in sides:
            made = self.student.embed(side)
            loss, right = contrast(made, goal, self.recipe.temperature, self.bank)
            losses.append(loss + self.recipe.pull * (1 - (made * goal).sum(-1)).mean())
            rights.append(right)
            self.tokens += sum(map(len, side))
        self.bank = torch.cat([goal, self.bank])[: self.recipe.bank]
        return torch.stack(losses).mean(), rights[0]

    def retrieve(self, batch: Retrieval) -> tuple[torch.Tensor, float]:
        self.tokens += sum(map(len, batch.questions)) + sum(map(len, batch.passages))
        return contrast(
            self.student.embed(batch.questions), self.student.embed(batch.passages), self.recipe.temperature
        )

    def draw(self, progress: float) -> tuple[str, torch.Tensor, float]:
        """(name of the kind, loss, share right) of the next batch."""
        recipe, chance = self.recipe, random.Random(self.recipe.seed * 10_000_019 + self.step)
        second = progress > recipe.first_share
        shares = recipe.second if second else recipe.first
        longest = chance.choice((128, 192, 256) if second else (96, 128, 192))
        value = chance.random()
        for position, share in enumerate(shares):
            if value < share:
                if position == 0:
                    return "translations", *self.distil(self.corpus.translations(0.5 if second else 0.35))
                kind = KINDS[position]
                return f"questions {kind}", *self.retrieve(self.corpus.questions(chance, kind, longest))
            value -= share
        return "sentences", *self.retrieve(self.corpus.sentences(chance, longest))

    def run(self) -> None:
        recipe, log = self.recipe, defaultdict[str, list[tuple[float, float]]](list)
        last, checkpoint, reported = time.monotonic(), self.spent, (self.spent, self.tokens)
        signal.signal(signal.SIGTERM, lambda *_: setattr(self, "stopped", True))
        while self.spent < recipe.minutes * 60:
            if self.stopped:
                self.save_state()
                logger.info("stopped at step %d; go on with --resume", self.step)
                return
            progress = self.spent / (recipe.minutes * 60)
            height = recipe.floor + (1 - recipe.floor) * 0.5 * (1 + math.cos(math.pi * progress))
            height *= min(1.0, (self.step + 1) / recipe.warm_up)
            for group in (group for optimizer in self.optimizers for group in optimizer.param_groups):
                group["lr"] = group["peak"] * height
            name, loss, right = self.draw(progress)
            self.student.bert.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            torch.nn.utils.clip_grad_norm_(self.dense, 1.0)
            for optimizer in self.optimizers:
                optimizer.step()
            self.step += 1
            if self.step % recipe.average_every == 0:
                keep = min(recipe.average, self.step / recipe.average_every / (10 + self.step / recipe.average_every))
                with torch.no_grad():
                    torch._foreach_lerp_(
                        list(self.averaged.bert.parameters()), list(self.student.bert.parameters()), 1 - keep
                    )
            log[name].append((loss.item(), right))
            now = time.monotonic()
            self.spent += now - last
            last = now
            if self.step % 50 == 0:
                speed = (self.tokens - reported[1]) / (self.spent - reported[0])
                parts = ", ".join(
                    f"{kind} {len(rows)}: {np.mean([r[0] for r in rows]):.3f} {np.mean([r[1] for r in rows]):.3f}"
                    for kind, rows in sorted(log.items())
                )
                logger.info(
                    "step %d, %.1f min, %.0f tokens/s, rate %.1e, %s",
                    self.step,
                    self.spent / 60,
                    speed,
                    recipe.rate * height,
                    parts,
                )
                log.clear()
                reported = (self.spent, self.tokens)
            if self.spent - checkpoint > recipe.checkpoint_minutes * 60:
                self.checkpoint()
                checkpoint, last = self.spent, time.monotonic()  # measuring is not training time
        self.checkpoint()

    def checkpoint(self) -> None:
        """Save the state, measure the averaged weights on the development set, keep them as `best/` when they lead."""
        self.save_state()
        figures = self.development.measure(self.averaged.encode)
        logger.info("step %d, %.1f min, development %s", self.step, self.spent / 60, figures)
        self.averaged.save(self.out / "last")
        with (self.out / "development.log").open("a", encoding="utf-8") as lines:
            lines.write(
                json.dumps(
                    {"step": self.step, "minutes": round(self.spent / 60, 1), "tokens": self.tokens, **figures},
                    ensure_ascii=False,
                )
                + "\n"
            )
        if figures["mean"] >= self.best:
            self.best = figures["mean"]
            self.averaged.save(self.out / "best")
            (self.out / "best" / "FIGURES.txt").write_text(
                f"step {self.step}, {self.spent / 60:.1f} min, development {figures}\n", encoding="utf-8"
            )

    def _moments(self, parameter: torch.nn.Parameter) -> dict[str, torch.Tensor]:
        for optimizer in self.optimizers:
            if parameter in optimizer.state:
                return dict(optimizer.state[parameter])
        return {}

    def save_state(self) -> None:
        folder = self.out / "state"
        folder.mkdir(exist_ok=True)
        tensors = {f"student.{n}": p.detach() for n, p in self.student.bert.named_parameters()}
        tensors |= {f"averaged.{n}": p.detach() for n, p in self.averaged.bert.named_parameters()}
        for n, p in self.student.bert.named_parameters():
            kept = self._moments(p)
            tensors |= {f"{key}.{n}": kept[key] for key in ("exp_avg", "exp_avg_sq") if key in kept}
        save_file({n: t.contiguous() for n, t in tensors.items()}, folder / "tensors.new")
        (folder / "tensors.new").rename(folder / "tensors.safetensors")
        progress = {
            "step": self.step,
            "spent": self.spent,
            "best": self.best,
            "tokens": self.tokens,
            "epoch": self.corpus.epoch,
            "left": len(self.corpus.queue),
        }
        (folder / "progress.json").write_text(json.dumps(progress), encoding="utf-8")

    def load_state(self) -> None:
        tensors = load_file(self.out / "state" / "tensors.safetensors", self.device)
        progress = json.loads((self.out / "state" / "progress.json").read_text(encoding="utf-8"))
        self.step, self.spent, self.best, self.tokens = (
            progress["step"],
            progress["spent"],
            progress["best"],
            progress["tokens"],
        )
        self.corpus.epoch = progress["epoch"] - 1
        self.corpus.queue = []
        if progress["epoch"] >= 0:
            self.corpus.refill(progress["left"], 0.35)
        with torch.no_grad():
            for encoder, name in ((self.student, "student"), (self.averaged, "averaged")):
                for n, p in encoder.bert.named_parameters():
                    p.copy_(tensors[f"{name}.{n}"])
        for n, p in self.student.bert.named_parameters():
            if f"exp_avg.{n}" in tensors:
                state = self.optimizers[1 if "word_embeddings" in n else 0].state
                state[p] = {
                    "step": self.step if "word_embeddings" in n else torch.tensor(float(self.step)),
                    "exp_avg": tensors[f"exp_avg.{n}"],
                    "exp_avg_sq": tensors[f"exp_avg_sq.{n}"],
                }


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with parallel/ and qa/")
    parser.add_argument("--evaluation", type=Path, required=True, help="evaluation sets, read by the guard alone")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument(
        "--minutes", type=float, default=Recipe.minutes, help="of training, all processes of the run together"
    )
    parser.add_argument("--resume", action="store_true", help="go on from the state in --out")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--threads", type=int, default=0, help="0: as torch chooses")
    chosen = parser.parse_args(argv)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", datefmt="%H:%M:%S")
    if chosen.threads:
        torch.set_num_threads(chosen.threads)
    if not (chosen.out / "corpus.npz").exists():
        prepare(chosen.data, chosen.evaluation, chosen.out)
    trainer = Trainer(chosen.out, Recipe(minutes=chosen.minutes), chosen.device)
    if chosen.resume:
        trainer.load_state()
    trainer.run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
