"""`tongwen keys`: who may use a server of this library from elsewhere."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ui.contract import print_json
from ui.options import JsonOption, LibraryOption, read_settings
from ui.visitors import Scope

if TYPE_CHECKING:
    from ui.access.keys import Key, KeyStore

keys_app = typer.Typer(
    help="""Keys to a server of this library: made, listed and revoked.

    A server that listens on this machine alone asks for none, unless it is started with --require-keys; one that
    listens elsewhere asks for one with every request, and people log in with theirs. Each key is shown once, when it
    is made. The library's file keys.json holds their hashes and no key; `tongwen backup` leaves it out.
    """,
    no_args_is_help=True,
)

_SHOWN = ("id", "name", "scope", "state", "created_at", "expires_at", "last_used", "revoked_at")


@keys_app.command()
def add(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Whose key it is, or what for.")],
    scope: Annotated[
        Scope,
        typer.Option(help="read: ask and search; write: also add and remove documents; admin: everything."),
    ] = "read",
    days: Annotated[
        int | None, typer.Option(min=1, max=36500, help="Valid for so many days; without it, until it is revoked.")
    ] = None,
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a key and show it, this once."""
    key, secret = _store(library).add(name, scope, days)
    if as_json:
        print_json({"key": secret, **_described(key)})
        return
    print(secret)
    until = f"until {key.expires_at[:16].replace('T', ' ')} UTC" if key.expires_at else "until it is revoked"
    shown_once = (
        f"This is the key {key.id} of {key.name} ({key.scope}), valid {until}.",
        "It is not shown again: keep it where passwords are kept.",
        "Programs send it in the header Authorization: Bearer KEY (OpenAI: api_key=KEY); people log in with it.",
        f"To take it back: tongwen keys revoke {key.id}",
    )
    print("\n".join(shown_once), file=sys.stderr)


@keys_app.command("list")
def list_keys(library: LibraryOption = None, as_json: JsonOption = False) -> None:
    """List the keys, also those that are valid no longer; never the keys themselves."""
    keys = _store(library).all()
    if as_json:
        print_json({"keys": [_described(key) for key in keys]})
        return
    for key in keys:
        found = _described(key)
        used = f"last used {key.last_used}" if key.last_used else "never used"
        expires = f", expires {key.expires_at[:10]}" if key.expires_at and found["state"] == "valid" else ""
        print(
            f"{key.id}  {found['state']:<7}  {key.scope:<5}  {key.name}  [made {key.created_at[:10]}, {used}{expires}]"
        )
    if not keys:
        print("there are no keys; make one with `tongwen keys add NAME --scope read`", file=sys.stderr)


@keys_app.command()
def revoke(
    key_id: Annotated[str, typer.Argument(metavar="ID", help="As `tongwen keys list` shows it.")],
    library: LibraryOption = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Make a key invalid for good, at once and in a running server too. Asks first when used at a terminal."""
    store = _store(library)
    named = {key.id: key.name for key in store.all()}.get(key_id)
    if named is not None and sys.stdin.isatty() and not yes:
        typer.confirm(f"Revoke the key {key_id} of {named}? Whoever uses it is shut out.", abort=True, err=True)
    key = store.revoke(key_id)
    if as_json:
        print_json({"revoked": _described(key)})
    else:
        print(f"revoked {key.id}  {key.name}")


def _store(library: Path | None) -> KeyStore:
    from ui.access.keys import KeyStore

    return KeyStore(read_settings(library).library.absolute())


def _described(key: Key) -> dict[str, Any]:
    state = key.state(datetime.now(UTC))
    return {field: state if field == "state" else getattr(key, field) for field in _SHOWN}
