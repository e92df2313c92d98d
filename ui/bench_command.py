"""The command `tongwen bench`: this program beside others, on the same texts with the same embedder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from index.errors import TongwenError
from ui.options import read_settings
from ui.rendering.escaping import printable

if TYPE_CHECKING:
    from evals.bench.figures import Results

_MOST_TEXTS = 10_000_000


def bench(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="[PATH]...",
            help="Documents, folders, or question sets in SQuAD's format, to take texts from.",
            show_default="the development set",
        ),
    ] = None,
    sizes: Annotated[str, typer.Option(metavar="N,N,...", help="How many texts are stored.")] = "1000,10000",
    rounds: Annotated[int, typer.Option(min=1, max=1000, help="How often all is measured.")] = 5,
    contenders: Annotated[
        str | None,
        typer.Option(metavar="NAME,...", help="Only these; a wrong name lists them all.", show_default="all"),
    ] = None,
    encode_up_to: Annotated[
        int, typer.Option("--encode-up-to", min=0, metavar="N", help="Texts; of more, the vectors are drawn.")
    ] = 1000,
    questions: Annotated[int, typer.Option(min=2, max=10_000, help="How many are asked at most.")] = 100,
    time_limit: Annotated[float, typer.Option("--time-limit", min=1, help="Seconds for one process.")] = 3600,
    out: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Folder for tables, figures and plot.", show_default="runs/bench-TIME"),
    ] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the benchmark in that folder.")] = False,
) -> None:
    """Measure this program beside others on the same texts with the same embedder: speed, memory, disk, floors.

    The others come with the extra `bench`; one that is not there is left out. Ctrl-C keeps what was measured, and
    --resume goes on from there.
    """
    from evals.bench.measuring import Plan, measure, open_results
    from evals.bench.texts import read_texts

    if resume and out is None:
        raise typer.BadParameter("needs --out, the folder to go on with", param_hint="--resume")
    plan = Plan(
        texts=read_texts(paths or (), questions),
        contenders=_contenders(contenders),
        sizes=_sizes(sizes),
        rounds=rounds,
        encode_up_to=encode_up_to,
        embedder=read_settings().embedder,
        time_limit=time_limit,
    )
    folder = out or _new_folder()
    results = open_results(plan, folder, resume)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise TongwenError(f"{folder} cannot be made ({error.strerror}); choose another with --out") from error
    try:
        measure(plan, results, folder, _say)
    finally:
        if results.measurements:
            _write(results, folder)


def _sizes(given: str) -> tuple[int, ...]:
    try:
        sizes = tuple(sorted({int(part.replace("_", "")) for part in given.split(",")}))
    except ValueError as error:
        raise typer.BadParameter(
            "give whole numbers with commas between them, 1000,10000", param_hint="--sizes"
        ) from error
    if not 1 <= sizes[0] <= sizes[-1] <= _MOST_TEXTS:
        raise typer.BadParameter(f"each is from 1 to {_MOST_TEXTS:,}", param_hint="--sizes")
    return sizes


def _contenders(given: str | None) -> tuple[str, ...]:
    from evals.bench.contender import CONTENDERS

    named = given.split(",") if given else list(CONTENDERS)
    if unknown := [name for name in named if name not in CONTENDERS]:
        raise typer.BadParameter(f"{unknown[0]!r} is none of {', '.join(CONTENDERS)}", param_hint="--contenders")
    return tuple(name for name in CONTENDERS if name in named)


def _new_folder() -> Path:
    from datetime import datetime

    return Path("runs") / f"bench-{datetime.now():%Y%m%d-%H%M%S}"


def _say(line: str) -> None:
    typer.echo(printable(line), err=True)


def _write(results: Results, folder: Path) -> None:
    from evals.bench.plot import write_plot
    from evals.bench.report import write_report

    try:
        (folder / "report.md").write_text(write_report(results, markdown=True), "utf-8")
        (folder / "search.svg").write_text(write_plot(results), "utf-8")
    except OSError as error:
        raise TongwenError(f"{folder} cannot be written ({error.strerror}); choose another with --out") from error
    print(printable(write_report(results, markdown=False)))
    print(printable(f"tables, figures and plot are in {folder}"))
