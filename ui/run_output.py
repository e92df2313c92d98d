"""What `tongwen eval run` prints of a finished run: its figures, what failed, and what to do next."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from ui.rendering.escaping import printable

if TYPE_CHECKING:
    from evals.records import Run

_SHOWN_IDS = 8
_LANGUAGES = ("zh", "en", "zh→en", "en→zh")


def run_lines(run: Run, summary: Mapping[str, Any]) -> Iterator[str]:
    """The lines, in blocks: all questions, by language, by type, those without an answer, and the end of it."""
    rows = {name: one for name, one in summary["figures"].items() if one["n"]}
    width = max(map(len, rows), default=0)
    if rows:
        yield f"{'':<{width}}  mean   95 % interval   cases"
    block = ""
    for name, one in rows.items():
        if (now := _block(name)) != block:
            block = now
            yield ""
        yield f"{name:<{width}}  {one['mean']:.3f}  {one['low']:.3f} – {one['high']:.3f}  {one['n']:>6}"
    yield ""
    if causes := summary["causes"]:
        most_first = sorted(causes.items(), key=lambda item: -item[1])
        failed = ", ".join(f"{cause} {count}" for cause, count in most_first)
        yield f"{sum(causes.values())} of {summary['scored']} failed: {failed}"
    if summary["unscored"]:
        yield f"unscored: {summary['unscored']} ({some(summary['unscored_ids'])})"
    if one := summary["judge"]:
        yield f"the judge holds {one['mean']:.3f} for right, n={one['n']}; it gates nothing"
    yield f"{len(run.records)} questions in {run.info['seconds']:.1f} s{_latency(summary)}{_usage(summary)}"
    folder = str(run.folder)
    yield printable(f"the run is in {folder}; look at it:  tongwen eval report {shlex.quote(folder)}")


def some(ids: Iterable[str]) -> str:
    """The first few ids, on one line."""
    names = list(ids)
    more = f", … {len(names) - _SHOWN_IDS} more" if len(names) > _SHOWN_IDS else ""
    return printable(" ".join((", ".join(names[:_SHOWN_IDS]) + more).split()))


def _block(name: str) -> str:
    figure, _, group = name.partition(" ")
    return f"{figure} {'languages' if group in _LANGUAGES else 'kinds'}" if group else ""


def _latency(summary: Mapping[str, Any]) -> str:
    latency = summary["latency"]
    return f"; an answer took {latency['p50']:.2f} s, 5 % over {latency['p95']:.2f} s" if latency else ""


def _usage(summary: Mapping[str, Any]) -> str:
    usage = summary["usage"]
    tokens = sum(usage.get(name) or 0 for name in ("prompt_tokens", "completion_tokens"))
    cost = f", cost {usage['cost']:.4f}" if usage.get("cost") is not None else ""
    return f"; {tokens:,} tokens{cost}" if tokens else ""
