"""The keys to a server, in the file `keys.json` of the library's folder: who has one, for what, and until when.

A key is shown once, when it is made; the file holds its SHA-256. Slow hashes with a salt are for secrets that people
choose and others can guess. A key is 256 random bits, for which NIST SP 800-63B (section 5.1.2.2, secrets of at least
112 bits) asks for no more than an approved one-way function; a slow one would let anyone keep the server busy.

The file is swapped in one step under a lock of its own, so that a long `tongwen add` holds up no revocation. It is
read again whenever it has changed: what is revoked is refused from the next request on, in a running server too. It
is no part of backups.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

from index.errors import SettingsError
from index.storage import make_folder, replace_file, writer_lock
from ui.rendering.escaping import printable
from ui.visitors import SCOPES, Scope

FILE = "keys.json"
FORMAT = 1
PREFIX = "tw_"  # by which a person, and a scanner for leaked secrets, knows a key
LONGEST_NAME = 80  # characters
_LOCK_WAIT_SECONDS = 5.0

KeyState = Literal["valid", "expired", "revoked"]


@dataclass(frozen=True, slots=True)
class Key:
    """What is known of a key. Times are UTC, ISO 8601."""

    id: str
    name: str
    scope: Scope
    sha256: str
    created_at: str
    expires_at: str | None = None
    last_used: str | None = None  # the day
    revoked_at: str | None = None

    def state(self, now: datetime) -> KeyState:
        if self.revoked_at is not None:
            return "revoked"
        return "expired" if self.expires_at and datetime.fromisoformat(self.expires_at) <= now else "valid"


class KeyStore:
    """The keys of one library. Safe to share between threads, and between processes."""

    def __init__(self, folder: Path, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._folder = folder
        self._path = folder / FILE
        self._now = now
        self._read: tuple[Sequence[int], tuple[Key, ...]] = ((), ())

    def all(self) -> tuple[Key, ...]:
        """All of them, also those that are valid no longer, the oldest first. Raises `SettingsError`."""
        try:
            found = self._path.stat()
        except FileNotFoundError:
            return ()
        stamp = (found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)
        if self._read[0] != stamp:
            self._read = (stamp, _parse(self._path))
        return self._read[1]

    def valid(self) -> tuple[Key, ...]:
        now = self._now()
        return tuple(key for key in self.all() if key.state(now) == "valid")

    def find(self, secret: str) -> Key | None:
        """The valid key that this is; it takes as long for a wrong one as for a right one."""
        digest = _digest(secret)
        found = None
        for key in self.all():
            if hmac.compare_digest(key.sha256, digest):
                found = key
        return found if found and found.state(self._now()) == "valid" else None

    def get(self, key_id: str) -> Key | None:
        """The valid key with that id."""
        return next((key for key in self.valid() if key.id == key_id), None)

    def today(self) -> str:
        return self._now().date().isoformat()

    def add(self, name: str, scope: Scope, days: int | None = None) -> tuple[Key, str]:
        """Make a key, valid for so many days; the second is the key itself, which nothing can show again."""
        name = " ".join(name.split())
        if not name or len(name) > LONGEST_NAME or printable(name) != name:
            raise SettingsError(f"the name of a key has 1 to {LONGEST_NAME} letters; give it another")
        secret = PREFIX + secrets.token_urlsafe(32)
        now = self._now()
        key = Key(
            id=secrets.token_hex(4),
            name=name,
            scope=scope,
            sha256=_digest(secret),
            created_at=now.isoformat(timespec="seconds"),
            expires_at=(now + timedelta(days=days)).isoformat(timespec="seconds") if days else None,
        )
        self._change(lambda keys: (*keys, key))
        return key, secret

    def revoke(self, key_id: str) -> Key:
        """Make a key invalid for good, and return it; one that is revoked already stays as it is."""
        now = self._now().isoformat(timespec="seconds")
        keys = self._change(
            lambda keys: tuple(
                replace(key, revoked_at=now) if key.id == key_id and not key.revoked_at else key for key in keys
            )
        )
        for key in keys:
            if key.id == key_id:
                return key
        raise SettingsError(f"no key has the id {printable(key_id)!r}; `tongwen keys list` shows the ids")

    def note_use(self, key_id: str) -> None:
        """Write down that the key was used today."""
        today = self.today()
        self._change(lambda keys: tuple(replace(key, last_used=today) if key.id == key_id else key for key in keys))

    def _change(self, change: Callable[[tuple[Key, ...]], tuple[Key, ...]]) -> tuple[Key, ...]:
        make_folder(self._folder)
        with writer_lock(self._folder / "keys.lock", _LOCK_WAIT_SECONDS):
            before = self.all()
            after = change(before)
            if after != before:
                content = {"format": FORMAT, "keys": [asdict(key) for key in after]}
                replace_file(
                    self._path, (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode(), private=True
                )
            return after


def scopes_of(scope: Scope) -> frozenset[Scope]:
    """What a key of that scope may do: each scope holds those before it."""
    return frozenset(SCOPES[: SCOPES.index(scope) + 1])


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def _parse(path: Path) -> tuple[Key, ...]:
    try:
        content = json.loads(path.read_bytes())
        if content["format"] != FORMAT:
            raise ValueError(f"it has format {content['format']}, not {FORMAT}")
        keys = tuple(Key(**fields) for fields in content["keys"])
        for key in keys:
            _check(key)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise SettingsError(
            f"the keys in {path} cannot be read ({error}); repair the file, or delete it and make new keys"
        ) from error
    return keys


def _check(key: Key) -> None:
    """Raise `ValueError` or `TypeError` where a field is not what it should be: nothing may be valid by mistake."""
    if key.scope not in SCOPES or len(key.sha256) != 64 or not key.sha256.isascii() or not key.id or not key.name:
        raise ValueError(f"the key {key.id!r} is not as it was written")
    for moment in (key.created_at, key.expires_at, key.revoked_at):
        if moment is not None and datetime.fromisoformat(moment).tzinfo is None:
            raise ValueError(f"a time of the key {key.id!r} has no zone")
