"""The machine that a benchmark ran on, as far as its figures depend on it."""

from __future__ import annotations

import os
import platform
import resource
import sys
from importlib import metadata
from pathlib import Path
from typing import Any

_PACKAGES = (
    "tongwen",
    "numpy",
    "onnxruntime",
    "faiss-cpu",
    "llama-index-core",
    "llama-index-retrievers-bm25",
    "txtai",
    "bm25s",
)


def machine_state() -> dict[str, Any]:
    """Processor, cores that this process may use, memory and versions: what figures of one benchmark must share."""
    return {
        "processor": _processor(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9, 1),
        "system": platform.platform(),
        "python": platform.python_version(),
        "packages": {name: version for name in _PACKAGES if (version := _version(name))},
    }


def load() -> float:
    """Processes that wanted a core, over the last minute."""
    return round(os.getloadavg()[0], 2)


def peak_memory_mb() -> float:
    """The most that this process ever had in memory."""
    status = Path("/proc/self/status")
    if status.exists():  # on Linux, whose getrusage counts what the parent had when it started this process
        lines = status.read_text("ascii").splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024
    bytes_in_unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * bytes_in_unit / 2**20


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text("utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None
