"""What `tongwen serve` is told about its address and its visitors, checked before anything is opened."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path

from index.errors import SettingsError
from ui.access.access import Access
from ui.access.keys import KeyStore
from ui.access.proxy import trusted_proxy
from ui.rendering.escaping import printable
from ui.security import LOOPBACK
from ui.visitors import Scope

_HOST = re.compile(r"[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\]")  # without a port


@dataclass(frozen=True, slots=True)
class Doorway:
    """Where a server answers, to what names, and who guards it."""

    hosts: tuple[str, ...]
    access: Access | None  # None where everyone on this machine may do everything
    guarded_by: str  # one line for whoever starts the server; "" where nothing does


@dataclass(frozen=True, slots=True)
class Proxied:
    """What was said of a reverse proxy."""

    header: str | None
    addresses: Sequence[str]
    scope: Scope


def open_doorway(
    folder: Path, host: str, names: Sequence[str], require_keys: bool, proxied: Proxied, https: bool
) -> Doorway:
    """The doorway of a server at `host` over the library in `folder`; raises `SettingsError` where nobody guards it."""
    hosts = _hosts(host, names)
    if bool(proxied.header) != bool(proxied.addresses):
        raise SettingsError("--trusted-user-header and --trusted-proxy belong together; give both or neither")
    proxy = trusted_proxy(proxied.header, proxied.addresses, proxied.scope) if proxied.header else None
    if is_loopback(host) and not require_keys and proxy is None:
        return Doorway(hosts, None, "")
    store = KeyStore(folder)
    valid = len(store.valid())
    if not valid and proxy is None:
        why = "keys are required" if is_loopback(host) else f"{host} can be reached from other machines"
        raise SettingsError(
            f"{why} and there is no key that is valid; make one with `tongwen keys add NAME --scope read`, "
            "or name a reverse proxy with --trusted-user-header and --trusted-proxy"
        )
    guards = []
    if valid:
        guards.append(f"keys ({valid} valid; people log in at /login)")
    if proxy:
        guards.append(f"the proxy at {', '.join(map(str, proxy.networks))}, by its header {proxy.header}")
    return Doorway(hosts, Access(store, proxy, https), f"guarded by {' and '.join(guards)}")


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches the address."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _hosts(host: str, names: Sequence[str]) -> tuple[str, ...]:
    """The names that requests may be made to: those that were given, else the address itself, and this machine's."""
    for name in names:
        if not _HOST.fullmatch(name):
            raise SettingsError(f"{printable(name)!r} is no host; give --allowed-host a name such as docs.example.org")
    try:
        everywhere = ip_address(host).is_unspecified
    except ValueError:
        everywhere = False
    if everywhere and not names:
        raise SettingsError(f"{host} is every address of this machine; name it with --allowed-host NAME")
    own = () if everywhere else (f"[{host}]" if ":" in host else host,)
    return tuple(dict.fromkeys((*LOOPBACK, *own, *names)))
