"""Keeps what is sent to an address of the operator's choice out of their own network (SSRF, DNS rebinding)."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Sequence
from typing import Any

import httpx2

from assistant.helpdesks.ports import SinkUnavailable

Resolve = Callable[..., Sequence[tuple[Any, ...]]]
"""Returns what ``socket.getaddrinfo`` does."""


class PublicTransport(httpx2.HTTPTransport):
    """Connects to public addresses only: to the very one that was looked at, whatever the name resolves to next.

    Args:
        resolve: finds the addresses of a name.
        allowed: says which addresses are public.
    """

    def __init__(self, *, resolve: Resolve = socket.getaddrinfo, allowed: Callable[[str], bool] | None = None) -> None:
        super().__init__(trust_env=False)  # a proxy would connect to what it likes
        self._resolve = resolve
        self._allowed = allowed or is_public

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send a request on to the address that its host's name leads to.

        Raises:
            SinkUnavailable: if that is not a public one.
        """
        host = request.url.host
        port = request.url.port or (443 if request.url.scheme == "https" else 80)
        address = public_address(host, port, resolve=self._resolve, allowed=self._allowed)
        # The header with the host's name is set already; certificates are checked against the name, too.
        request.extensions = {**request.extensions, "sni_hostname": host}
        request.url = request.url.copy_with(host=address)
        return super().handle_request(request)


def public_address(host: str, port: int, *, resolve: Resolve, allowed: Callable[[str], bool]) -> str:
    """Return the address that a host's name leads to.

    Raises:
        SinkUnavailable: if there is none, or one of them is not public.
    """
    try:
        found = resolve(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as exc:
        raise SinkUnavailable("the helpdesk's host is not known") from exc
    addresses = [str(one[4][0]).partition("%")[0] for one in found]
    if not addresses or not all(map(allowed, addresses)):
        raise SinkUnavailable(
            "the helpdesk's address is in a private network; ASKFIRST_HELPDESK_PRIVATE allows that where it is meant"
        )
    return addresses[0]


def is_public(address: str) -> bool:
    """Say whether an IP address is one that everybody reaches."""
    ip = ipaddress.ip_address(address)
    if isinstance(ip, ipaddress.IPv6Address):
        within = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo is not None else None)
        if within is None and ip in ipaddress.ip_network("64:ff9b::/96"):  # NAT64
            within = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if within is not None:
            return is_public(str(within))
    return ip.is_global and not ip.is_multicast and not ip.is_reserved
