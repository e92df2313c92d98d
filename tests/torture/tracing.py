"""Stops a process at its system calls: to list them, to kill it at the k-th, or to let the k-th fail.

What strace does with `inject=…:signal=SIGKILL:when=k`, by ptrace from Python: there is nothing to install, and the
traced process is a fork, so that a thousand of them take seconds. Linux on x86-64 only.
"""

from __future__ import annotations

import ctypes
import os
import platform
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from torture.processes import fork

AVAILABLE = sys.platform == "linux" and platform.machine() == "x86_64"
WHY_NOT = "the tracer knows the registers of Linux on x86-64 only"

_CALLS = {
    2: "open", 257: "openat", 85: "creat", 1: "write", 18: "pwrite64", 74: "fsync", 75: "fdatasync", 82: "rename",
    264: "renameat", 316: "renameat2", 87: "unlink", 263: "unlinkat", 77: "ftruncate", 83: "mkdir", 258: "mkdirat",
    84: "rmdir",
}  # fmt: skip
_READS = {0: "read", 17: "pread64"}
_ON_DESCRIPTOR = {"read", "pread64", "write", "pwrite64", "fsync", "fdatasync", "ftruncate"}
_AT_FOLDER = {"openat", "unlinkat", "mkdirat", "renameat", "renameat2"}
_TRACEME, _GETREGS, _SETREGS, _SYSCALL, _SETOPTIONS = 0, 12, 13, 24, 0x4200
_OPTIONS = 0x1 | 0x100000  # a system call's stop looks unlike other traps; the child dies with its tracer
_NO_CALL = 2**64 - 1
_AT_FDCWD = 2**32 - 100


class _Registers(ctypes.Structure):
    _fields_ = [
        (name, ctypes.c_ulonglong)
        for name in (
            *("r15", "r14", "r13", "r12", "rbp", "rbx", "r11", "r10", "r9", "r8", "rax", "rcx", "rdx", "rsi", "rdi"),
            *("orig_rax", "rip", "cs", "eflags", "rsp", "ss", "fs_base", "gs_base", "ds", "es", "fs", "gs"),
        )
    ]


@dataclass(frozen=True, slots=True)
class Call:
    """A system call that the process is about to make, on a path below the folder that is watched."""

    name: str
    path: Path
    target: Path | None = None  # of a rename
    data: bytes = b""  # to be written
    offset: int = 0  # of a write, or the new length of ftruncate
    creates: bool = False  # opens a file that is not there
    truncates: bool = False  # opens a file that is there, to write it anew
    removes_folder: bool = False


Decide = Callable[[Call], signal.Signals | int | None]  # SIGKILL ends it, an errno fails the call, None lets it be


def trace(function: Callable[[], object], folder: Path, decide: Decide, reads: bool = False) -> int:
    """Run a function in a fork, asking `decide` at each call on a path below `folder`; the exit code, or -signal.

    The calls are those that open or change something, or with `reads` those that read.
    """
    names = _READS if reads else _CALLS
    ptrace = ctypes.CDLL(None, use_errno=True).ptrace
    ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]

    def request(number: int, pid: int, data: object = None) -> None:
        if ptrace(number, pid, None, data) < 0:
            raise OSError(ctypes.get_errno(), f"ptrace {number}")

    def traced() -> None:
        request(_TRACEME, 0)
        os.kill(os.getpid(), signal.SIGSTOP)
        function()

    child = fork(traced)
    os.waitpid(child, 0)
    request(_SETOPTIONS, child, _OPTIONS)
    registers, inside, failing, delivered = _Registers(), False, 0, 0
    while True:
        request(_SYSCALL, child, delivered)
        _, status = os.waitpid(child, 0)
        delivered = 0
        if os.WIFEXITED(status) or os.WIFSIGNALED(status):
            return os.waitstatus_to_exitcode(status)
        if os.WSTOPSIG(status) != signal.SIGTRAP | 0x80:
            delivered = os.WSTOPSIG(status)
            continue
        inside = not inside
        request(_GETREGS, child, ctypes.byref(registers))
        if not inside:
            if failing:
                registers.rax = 2**64 - failing
                request(_SETREGS, child, ctypes.byref(registers))
            failing = 0
            continue
        call = _call(child, names.get(registers.orig_rax), registers, folder)
        decision = decide(call) if call else None
        if isinstance(decision, signal.Signals):
            os.kill(child, decision)
            return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        if decision:
            failing = decision
            registers.orig_rax = _NO_CALL
            request(_SETREGS, child, ctypes.byref(registers))


def _call(child: int, name: str | None, registers: _Registers, folder: Path) -> Call | None:
    if name is None:
        return None
    first, second, third, fourth = registers.rdi, registers.rsi, registers.rdx, registers.r10
    if name in _ON_DESCRIPTOR:
        path, flags = _descriptor_path(child, first), 0
    elif name in _AT_FOLDER:
        path, flags = _path(child, first, second), third
    else:
        path, flags = _path(child, _AT_FDCWD, first), second
    if folder != path and folder not in path.parents:
        return None
    match name:
        case "write":
            return Call(name, path, data=_memory(child, second, third), offset=_position(child, first))
        case "pwrite64":
            return Call(name, path, data=_memory(child, second, third), offset=fourth)
        case "ftruncate":
            return Call(name, path, offset=second)
        case "open" | "openat":
            there = path.exists()
            return Call(name, path, creates=bool(flags & os.O_CREAT) and not there,
                        truncates=bool(flags & os.O_TRUNC) and there)  # fmt: skip
        case "rename":
            return Call(name, path, target=_path(child, _AT_FDCWD, second))
        case "renameat" | "renameat2":
            return Call(name, path, target=_path(child, third, fourth))
        case "rmdir":
            return Call(name, path, removes_folder=True)
        case "unlinkat":
            return Call(name, path, removes_folder=bool(third & 0x200))
    return Call(name, path)


def _path(child: int, folder: int, address: int) -> Path:
    text = b""
    while b"\0" not in text:
        text += _memory(child, address + len(text), 64)
    path = Path(os.fsdecode(text.partition(b"\0")[0]))
    if path.is_absolute() or folder & 0xFFFFFFFF == _AT_FDCWD:
        return Path(os.path.abspath(path))
    return _descriptor_path(child, folder) / path


def _descriptor_path(child: int, descriptor: int) -> Path:
    try:
        return Path(os.readlink(f"/proc/{child}/fd/{descriptor & 0xFFFFFFFF}"))
    except OSError:
        return Path("/closed")


def _position(child: int, descriptor: int) -> int:
    return int(Path(f"/proc/{child}/fdinfo/{descriptor & 0xFFFFFFFF}").read_text().split()[1])


def _memory(child: int, address: int, length: int) -> bytes:
    with open(f"/proc/{child}/mem", "rb", 0) as memory:
        memory.seek(address)
        return memory.read(length)
