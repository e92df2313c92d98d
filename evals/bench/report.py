"""The tables of a benchmark, as Markdown and as they are printed. `evals/BENCH.md` says how to read them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from evals.bench.contender import CONTENDERS, OURS, title
from evals.bench.figures import FLOOR, Results, Spread

_NONE = "–"
_STAGES = ("search", "embed", "dense", "lexical", "fuse", "answer")
_COMPARED = {
    "first passages": "first_s",
    "ingest": "ingest_s",
    "storing": "store_s",
    "search p50": "search_p50_ms",
    "search p95": "search_p95_ms",
    "memory, ingest": "ingest_memory_mb",
    "memory, search": "memory_mb",
    "disk": "disk_mb",
}
_FLOORS = {
    "first passages, s": ("first_s", "load the model and embed one question, in a fresh process"),
    "ingest, s": ("ingest_s", "the model alone over all texts"),
    "embed, ms": ("embed_p50_ms", "the model alone on one question"),
    "dense, ms": ("dense_p50_ms", "read all vectors once"),
    "lexical, ms": ("lexical_p50_ms", "read the postings of the question's terms once"),
    "memory, search, MB": ("memory_mb", "a process with the model and nothing else"),
    "disk, MB": ("disk_mb", "texts and vectors as they are"),
}


@dataclass(frozen=True, slots=True)
class Table:
    """Cells by row; the first column is of words, the others are of figures."""

    caption: str
    header: Sequence[str]
    rows: Sequence[Sequence[str]]

    def markdown(self) -> str:
        ruler = "|---" + "|---:" * (len(self.header) - 1) + "|"
        lines = ["| " + " | ".join(row) + " |" for row in (self.header, *self.rows)]
        return "\n".join([f"**{self.caption}**", "", lines[0], ruler, *lines[1:]])

    def plain(self) -> str:
        rows = [self.header, *self.rows]
        widths = [max(len(row[column]) for row in rows) for column in range(len(self.header))]
        lines = ["  ".join([row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:])]).rstrip() for row in rows]
        return "\n".join([self.caption, *lines])


def write_report(results: Results, markdown: bool) -> str:
    """All tables of all sizes, after what they are of and the machine they were measured on."""
    heading, write = ("## ", Table.markdown) if markdown else ("", Table.plain)
    blocks = ["# Benchmark"] if markdown else []
    blocks.append("\n".join(_preamble(results)))
    for size in results.sizes():
        blocks.append(heading + _size_line(results, size))
        blocks += [write(table) for table in size_tables(results, size)]
    remarks = [f"{title(name)} is left out: {why}" for name, why in results.left_out.items()]
    remarks += [f"{title(name)} failed with {size:,} texts: {why}" for (size, name), why in results.failures().items()]
    return "\n\n".join([*blocks, *remarks]) + "\n"


def size_tables(results: Results, size: int) -> Iterator[Table]:
    """The tables of one size; none is there of which nothing was measured."""
    names = results.contenders(size)
    if names:
        yield _speed_table(results, size, names)
        yield _size_table(results, size, names)
        yield _stage_table(results, size, names)
    others = [name for name in names if name != OURS]
    if OURS in names and others:
        yield _ratio_table(results, size, others)
    if OURS in names and results.spread(size, FLOOR, "first_s"):
        yield _floor_table(results, size)


def number(value: float) -> str:
    """Three significant digits, and no fewer before the point."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def _preamble(results: Results) -> Iterator[str]:
    machine, plan = results.machine, results.plan
    texts, loads = plan["texts"], [one.load for one in results.measurements]
    yield f"{machine['processor']}, {machine['cores']} cores, {machine['memory_gb']} GB; {machine['system']}."
    versions = ", ".join(f"{name} {version}" for name, version in machine["packages"].items())
    yield f"Python {machine['python']}; {versions}."
    if loads:
        yield f"Load of the machine when a measurement began: {min(loads):.2f} to {max(loads):.2f}."
    yield (
        f"Texts: {texts['held']:,} passages of {texts['origin']}, {texts['questions']} questions; "
        f"embedder: {plan['embedder']['name']}; the first {plan['k']} passages are searched for."
    )
    yield "Every figure is the median of the rounds, ± half of what lies between the lowest and the highest."


def _size_line(results: Results, size: int) -> str:
    held = results.plan["texts"]["held"]
    texts = "all given" if size <= held else f"{held:,} given, the others drawn from the distribution of their words"
    rounds = len({one.round for one in results.measurements if one.size == size and one.figures})
    if size <= results.plan["encode_up_to"]:
        vectors = "all encoded"
    elif size <= held:
        vectors = "vectors measured before, so that nothing is encoded"
    else:
        vectors = "vectors measured before, or drawn from the distribution of those, so that nothing is encoded"
    return f"{size:,} texts: {texts}; {vectors}; rounds: {rounds}"


def _speed_table(results: Results, size: int, names: Sequence[str]) -> Table:
    def row(name: str) -> list[str]:
        of_bare = results.ratio(size, FLOOR, "ingest_s", to=name) if CONTENDERS[name].embeds else None
        return [
            title(name),
            *(_cell(results.spread(size, name, figure)) for figure in ("first_s", "first_answer_s")),
            *(_cell(_rate(size, results.spread(size, name, figure))) for figure in ("ingest_s", "store_s")),
            _cell(of_bare),
        ]

    header = ("", "first passages, s", "first answer, s", "ingest, texts/s", "without the model", "of bare encoding")
    return Table("From start to first result, and from texts to what is on disk", header, [row(name) for name in names])


def _size_table(results: Results, size: int, names: Sequence[str]) -> Table:
    figures = ("ingest_memory_mb", "memory_mb", "disk_mb", "found")
    rows = [[title(name), *(_cell(results.spread(size, name, figure)) for figure in figures)] for name in names]
    header = ("", "memory, ingest, MB", "memory, search, MB", "disk, MB", "found, share")
    return Table("Peak memory, what is on disk, and the questions whose passage was found", header, rows)


def _stage_table(results: Results, size: int, names: Sequence[str]) -> Table:
    def cell(name: str, stage: str) -> str:
        middle = results.spread(size, name, f"{stage}_p50_ms")
        high = results.spread(size, name, f"{stage}_p95_ms")
        return f"{_cell(middle)} / {number(high.middle)}" if middle and high else _NONE

    rows = [[title(name), *(cell(name, stage) for stage in _STAGES)] for name in names]
    return Table("One question, ms: p50 / p95", ("", *_STAGES), rows)


def _ratio_table(results: Results, size: int, others: Sequence[str]) -> Table:
    rows = [
        [title(name), *(_cell(results.ratio(size, name, figure)) for figure in _COMPARED.values())] for name in others
    ]
    caption = f"Times what {title(OURS)} takes, in the same round: over 1 it takes more"
    return Table(caption, ("", *_COMPARED), rows)


def _floor_table(results: Results, size: int) -> Table:
    rows = [
        [
            label,
            _cell(results.spread(size, FLOOR, figure)),
            _cell(results.spread(size, OURS, figure)),
            _cell(results.ratio(size, OURS, figure, to=FLOOR)),
            meaning,
        ]
        for label, (figure, meaning) in _FLOORS.items()
        if results.spread(size, FLOOR, figure)
    ]
    return Table(f"{title(OURS)} and the floor", ("", "floor", title(OURS), "times the floor", "the floor is to"), rows)


def _rate(size: int, seconds: Spread | None) -> Spread | None:
    if seconds is None or not seconds.low:
        return None
    return Spread(size / seconds.middle, size / seconds.high, size / seconds.low, seconds.n)


def _cell(value: Spread | None) -> str:
    """A single round has no spread."""
    if value is None:
        return _NONE
    if value.n == 1:
        return number(value.middle)
    half = (value.high - value.low) / 2 / value.middle if value.middle else 0.0
    return f"{number(value.middle)} ±{half:.0%}"
