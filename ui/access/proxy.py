"""A reverse proxy that has asked who someone is, and says so in a header: it is believed from its own address alone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from starlette.datastructures import Headers
from starlette.types import Scope as RequestScope

from index.errors import SettingsError
from ui.rendering.escaping import printable
from ui.visitors import Scope

_LONGEST_USER = 200  # characters
_HEADER = re.compile(r"[A-Za-z0-9-]+")
_SHARED = {"authorization", "cookie", "host", "origin", "x-forwarded-for"}  # headers that say something else

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network


@dataclass(frozen=True, slots=True)
class TrustedProxy:
    """What is believed of a proxy. Make it with `trusted_proxy`."""

    header: str
    networks: tuple[Network, ...]
    scope: Scope  # of everyone who comes through it

    def speaks(self, request: RequestScope) -> bool:
        """Whether the request comes from the proxy."""
        peer = peer_address(request)
        return peer is not None and any(peer in network for network in self.networks)

    def user(self, request: RequestScope) -> str | None:
        """Whom the proxy names; None where it names nobody, or where the header was not written by it alone."""
        named = Headers(scope=request).getlist(self.header) if self.speaks(request) else []
        if len(named) != 1:
            return None  # the second may be the visitor's own
        name = named[0].encode("latin-1").decode("utf-8", "replace").strip()
        return printable(name)[:_LONGEST_USER] or None


def trusted_proxy(header: str, addresses: Sequence[str], scope: Scope) -> TrustedProxy:
    """The proxy at those addresses or networks. Raises `SettingsError`."""
    if not _HEADER.fullmatch(header) or header.lower() in _SHARED:
        raise SettingsError(f"{printable(header)!r} cannot be the header of a user; name one such as X-Forwarded-User")
    try:
        networks = tuple(ip_network(address) for address in addresses)
    except ValueError as error:
        raise SettingsError(f"{error}; give --trusted-proxy an address or a network, such as 10.0.0.0/24") from error
    return TrustedProxy(header, networks, scope)


def peer_address(request: RequestScope) -> Address | None:
    """The address at the other end of the connection; an IPv4 address in the clothes of IPv6 is the IPv4 address."""
    try:
        address = ip_address(request["client"][0].partition("%")[0])
    except (KeyError, TypeError, ValueError):
        return None
    return address.ipv4_mapped or address if isinstance(address, IPv6Address) else address


def client_address(request: RequestScope, proxy: TrustedProxy | None) -> str:
    """Under what the tries of a client are counted: its address, of IPv6 the network that one client has.

    Of what comes through the proxy it is the address that the proxy has put last; those before it anyone can write.
    """
    address = peer_address(request)
    if proxy and proxy.speaks(request):
        forwarded = ",".join(Headers(scope=request).getlist("x-forwarded-for")).rpartition(",")[2].strip()
        with suppress(ValueError):
            address = ip_address(forwarded)
    if isinstance(address, IPv6Address):
        return str(ip_network((address, 64), strict=False))
    return str(address)
