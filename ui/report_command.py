"""`tongwen eval report`: a run as one HTML file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from index.errors import TongwenError

if TYPE_CHECKING:
    from evals.records import Run


def eval_report(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="Folder of a run, as `tongwen eval run` makes it.")],
    baseline: Annotated[
        Path | None, typer.Option("--baseline", metavar="RUN", help="Show what got better and worse since that run.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="The file to write. [default: RUN/report.html]")
    ] = None,
) -> None:
    """Write a run as one HTML page that opens offline, in both languages: figures, charts, and every case."""
    from evals.records import read_run
    from evals.report.from_run import report_content
    from evals.report.page import report_html

    read = read_run(run)
    page = report_html(report_content(read, read_run(baseline) if baseline else None, _texts(read)))
    path = output or run / "report.html"
    try:
        path.write_text(page, "utf-8")
    except OSError as error:
        raise TongwenError(f"{path} cannot be written ({error.strerror}); choose another with --out") from error
    print(f"wrote {path}; open it in a browser")


def _texts(run: Run) -> dict[str, str]:
    """The documents of the run's suite, by id; none where the suite is no longer where it was."""
    from evals.cases import CaseError
    from evals.suite_folder import open_suite

    try:
        suite = open_suite(Path(str(run.info["suite"]["folder"])))
    except CaseError:
        return {}  # the quotes are shown all the same, without what stands around them
    return {document.id: document.text for document in suite.documents}
