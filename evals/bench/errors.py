"""What goes wrong with a benchmark, to be shown to who runs it."""

from index.errors import TongwenError


class BenchError(TongwenError):
    """A benchmark cannot be run or read."""
