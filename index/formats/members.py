"""Files inside files: each is read as one by itself, and what is wrong with one does not touch the others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from index.errors import LoadError
from index.extraction import Extracted, Rejected
from index.formats import registry


def read_member_file(content: bytes, name: str, member: str, depth: int) -> Iterator[Extracted | Rejected]:
    """What is in the file of that name at `member`; members of its own get a path behind that."""
    try:
        # All of it at once: a file that fails halfway gives no half.
        items = list(registry.read(content, name, depth))
    except LoadError as error:
        yield Rejected(str(error), member)
    except (MemoryError, RecursionError):
        raise  # of the whole file, whose reader stands at the limit
    except Exception as error:  # parsers raise anything at all over a damaged file
        yield Rejected(f"is damaged or not what its name says ({type(error).__name__}); save it anew", member)
    else:
        for item in items:
            yield replace(item, member=f"{member}/{item.member}" if item.member else member)
