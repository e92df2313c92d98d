"""Addresses of web pages and which of them may be fetched: one spelling for every host, and a list of allowed hosts.

A host can be written in many ways that lead to the same machine (`127.1`, `2130706433`, `LOCALHOST.`, full-width dots).
Each is brought to one form before it is compared; what has no such form is refused. Where a name leads to is checked
again when it is resolved (`check_resolved`), because a list of names says nothing about that.
"""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote, unquote, urlsplit

from index.errors import AddressRefused

IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

_PORTS = {"http": 80, "https": 443}
_LABEL = r"(?!-)[a-z0-9_-]{1,63}(?<!-)"
_NAME = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
_DOTS = str.maketrans("。．｡", "...")  # other full stops that a browser takes for a dot
_FORBIDDEN = re.compile(r"[\s\\\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff]")
_MAX_CHARACTERS = 2_000
_SUPPORTED = "give the address of a web page, https://HOST/PATH"
# Services of cloud providers that hand out credentials, at addresses that are not link-local.
_METADATA = {
    ipaddress.ip_address(each) for each in ("100.100.100.200", "168.63.129.16", "192.0.0.192", "fd00:ec2::254")
}
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


@dataclass(frozen=True, slots=True)
class WebAddress:
    """An address in its one form."""

    scheme: str
    host: str  # lower case, ASCII, no dot at its end; IPv4 in four decimal parts, IPv6 without brackets
    port: int
    target: str  # path and query, in ASCII

    @property
    def url(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port == _PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{host}{port}{self.target}"

    @property
    def ip(self) -> IpAddress | None:
        """The host, where it is an address itself."""
        return _ip(self.host)


@dataclass(frozen=True, slots=True)
class AllowedHost:
    """One entry of the list: a host, or with `is_wildcard` every host below it."""

    host: str
    port: int | None  # None: the usual one of the scheme
    is_wildcard: bool = False

    def allows(self, address: WebAddress) -> bool:
        if address.port != (_PORTS[address.scheme] if self.port is None else self.port):
            return False
        return address.host.endswith(f".{self.host}") if self.is_wildcard else address.host == self.host


def parse_allowed_hosts(value: str) -> tuple[AllowedHost, ...]:
    """The entries of a list such as "intranet, wiki.example.org:8080, *.example.com"; raises `AddressRefused`."""
    return tuple(_parse_entry(entry.strip()) for entry in value.split(",") if entry.strip())


def _parse_entry(entry: str) -> AllowedHost:
    is_wildcard = entry.startswith("*.")
    try:
        parts = urlsplit(f"//{entry.removeprefix('*.')}")
        port = parts.port
        host = normalise_host(parts.hostname or "")
    except (ValueError, AddressRefused) as error:
        raise _no_entry(entry) from error
    if parts.path or parts.query or parts.fragment or "@" in parts.netloc:
        raise _no_entry(entry)
    if is_wildcard and (_ip(host) is not None or "." not in host):
        raise AddressRefused(f"{entry!r} takes in too much; write *.DOMAIN with a domain of two parts or more")
    return AllowedHost(host, port, is_wildcard)


def _no_entry(entry: str) -> AddressRefused:
    return AddressRefused(f"{without_credentials(f'//{entry}')[2:]!r} is no host; write HOST, HOST:PORT or *.DOMAIN")


def parse_address(url: str) -> WebAddress:
    """The address in its one form; raises `AddressRefused` (without a subject) where it has none."""
    if len(url) > _MAX_CHARACTERS:
        raise AddressRefused(f"is longer than {_MAX_CHARACTERS:,} characters; {_SUPPORTED}")
    if _FORBIDDEN.search(url):
        raise AddressRefused(f"holds white space, a backslash or a character that is not seen; {_SUPPORTED}")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise AddressRefused(f"is not an address ({error}); {_SUPPORTED}") from error
    if parts.scheme not in _PORTS or not url[len(parts.scheme) :].startswith("://"):
        raise AddressRefused(f"is not an http or https address; {_SUPPORTED}")
    if "@" in parts.netloc:
        raise AddressRefused("holds a user name or a password; give it without, pages behind a login are not fetched")
    if not parts.hostname or port == 0:
        raise AddressRefused(f"names no host; {_SUPPORTED}")
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    query = f"?{quote(parts.query, safe='/%:@!$&()*+,;=~-._?')}" if parts.query else ""
    return WebAddress(
        parts.scheme, normalise_host(parts.hostname), _PORTS[parts.scheme] if port is None else port, path + query
    )


def is_web_address(source: str) -> bool:
    """Whether something that was named as a source is meant as an address and not as a path."""
    return re.match(r"(?i)https?:", source) is not None


def without_credentials(url: str) -> str:
    """The address as it may be shown."""
    return re.sub(r"(?<=//)[^/?#]*@", "", "".join(character for character in url if character.isprintable()))


def normalise_host(host: str) -> str:
    """The one form of a host; raises `AddressRefused`."""
    plain = unicodedata.normalize("NFKC", unquote(host)).translate(_DOTS).lower().removesuffix(".")
    if ":" in plain:
        try:
            return str(ipaddress.IPv6Address(plain))  # one with a zone (fe80::1%eth0) has lost its meaning here
        except ValueError as error:
            raise AddressRefused(f"has a host that is no IPv6 address; {_SUPPORTED}") from error
    if not plain.isascii():
        try:
            plain = plain.encode("idna").decode("ascii").lower().removesuffix(".")
        except UnicodeError as error:
            raise AddressRefused(f"has a host that is no name; {_SUPPORTED}") from error
    if len(plain) > 253 or not _NAME.fullmatch(plain):
        raise AddressRefused(f"has a host that is no name; {_SUPPORTED}")
    # As browsers and the C library do: a name whose last part is a number is an IPv4 address in one of its spellings.
    if re.fullmatch(r"[0-9]+|0x[0-9a-f]*", plain.rpartition(".")[2]):
        return _ipv4(plain.split("."))
    return plain


def _ipv4(parts: Sequence[str]) -> str:
    """Four decimal parts of an address of one to four parts, each decimal, octal or hexadecimal."""
    numbers = []
    for part in parts:
        base = 16 if part.startswith("0x") else 8 if part.startswith("0") and len(part) > 1 else 10
        try:
            numbers.append(int(part.removeprefix("0x") or "0", base))
        except ValueError as error:
            raise AddressRefused(f"has a host that is no IPv4 address; {_SUPPORTED}") from error
    room = 256 ** (5 - len(numbers)) if len(numbers) <= 4 else 0
    if any(number > 255 for number in numbers[:-1]) or numbers[-1] >= room:
        raise AddressRefused(f"has a host that is no IPv4 address; {_SUPPORTED}")
    value = numbers[-1] + sum(number << 8 * (3 - place) for place, number in enumerate(numbers[:-1]))
    return str(ipaddress.IPv4Address(value))


def _ip(host: str) -> IpAddress | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


# What may be fetched


def check_allowed(address: WebAddress, allowed: Sequence[AllowedHost]) -> None:
    """Raise `AddressRefused` unless the host and port are on the list."""
    place = address.url.split("/")[2]
    if not allowed:
        raise AddressRefused(
            "is not fetched, because web pages are off; save the page and add the file, "
            f"or set TONGWEN_ALLOWED_HOSTS={place}"
        )
    if not any(entry.allows(address) for entry in allowed):
        raise AddressRefused(
            f"is on a host that is not allowed ({place}); add it to TONGWEN_ALLOWED_HOSTS, or save the page as a file"
        )


def check_resolved(address: WebAddress, resolved: Sequence[str]) -> tuple[str, ...]:
    """The addresses that a host leads to, if every one of them may be connected to; raises `AddressRefused`.

    A host on the list may be in a private network. This machine itself has to be on the list as such ("localhost" or
    its address), and link-local addresses, among them those of cloud metadata, are never connected to.
    """
    addresses = [_unwrapped(ipaddress.ip_address(each.partition("%")[0])) for each in resolved]
    if not addresses:
        raise AddressRefused("leads to no address; check how it is spelled")
    for ip in addresses:
        if ip.is_link_local or ip.is_multicast or ip.is_unspecified or ip in _METADATA or _is_reserved(ip):
            raise AddressRefused(f"leads to {ip}, which is no address of a web site; it is never fetched, leave it out")
        if ip.is_loopback and address.host != "localhost" and address.ip is None:
            raise AddressRefused(
                f"leads to this machine ({ip}); if that is meant, allow and give localhost instead of the name"
            )
    if len({ip.is_private for ip in addresses}) > 1:
        raise AddressRefused("leads into a private network and out of it at once; it is not fetched, leave it out")
    return tuple(each.partition("%")[0] for each in resolved)


def _is_reserved(ip: IpAddress) -> bool:
    if isinstance(ip, ipaddress.IPv4Address):
        return ip.is_reserved or ip in ipaddress.ip_network("0.0.0.0/8")
    return ip.is_site_local or (ip.is_reserved and not ip.is_loopback)


def _unwrapped(ip: IpAddress) -> IpAddress:
    """The IPv4 address inside an IPv6 address that stands for one."""
    if isinstance(ip, ipaddress.IPv4Address):
        return ip
    if ip in _NAT64:
        return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    if int(ip) >> 32 == 0 and int(ip) > 1:
        return ipaddress.IPv4Address(int(ip))  # "IPv4-compatible", given up long ago
    return ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None) or ip
