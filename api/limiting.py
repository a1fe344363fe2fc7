"""How much somebody may ask and send: counted by account and by address, over a window that slides."""

from __future__ import annotations

import hashlib
import math
import re
import time
from collections.abc import Callable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Any

import structlog
from limits import RateLimitItem, parse
from limits.errors import ConfigurationError, StorageError
from limits.storage import Storage, storage_from_string
from limits.strategies import SlidingWindowCounterRateLimiter

Network = IPv4Network | IPv6Network

UNKNOWN_ADDRESS = "unknown"
_NAME = re.compile(r"[a-z][a-z0-9_-]*", re.ASCII)
_ADDRESS_KEY = "address:"
_PEOPLE_AT_AN_ADDRESS = 10
_IPV6_BITS = 64
"""What one household or one machine gets; its single addresses are free to change."""
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Allowance:
    """What is left of a limit after something was counted, or was refused and not counted."""

    allowed: bool
    limit: int
    remaining: int
    reset_seconds: int
    window_seconds: int
    policy: str

    def headers(self) -> dict[str, str]:
        """Return what tells a client, as draft-ietf-httpapi-ratelimit-headers has it, and RFC 9110 for a refusal."""
        headers = {
            "RateLimit-Policy": f'"{self.policy}";q={self.limit};w={self.window_seconds}',
            "RateLimit": f'"{self.policy}";r={self.remaining};t={self.reset_seconds}',
        }
        return headers if self.allowed else headers | {"Retry-After": str(max(1, self.reset_seconds))}


class RateLimits:
    """Counts what each person does. While the store is away everything is allowed: no ticket is lost for a count.

    Windows slide by the weighted counters of two fixed ones, so a count takes the same small room however often it is
    raised; the count may be off by a little where somebody's requests are bunched.

    Args:
        policies: limits by name, such as ``{"tickets": "10/hour"}``.
        storage_uri: where the counts are, for the ``limits`` package: ``memory://``, or a store that several processes
            share, such as ``redis://…``.
        secret: what keys are hashed with, the same in all processes, so that a store gives no address away. Without
            one, whoever reads the store can find addresses by trying.

    Raises:
        ValueError: if a limit is not of that form, or the store is none or needs a package that is not there.
    """

    def __init__(
        self,
        policies: Mapping[str, str],
        storage_uri: str = "memory://",
        *,
        secret: bytes = b"",
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._policies = {name: _limit(name, text) for name, text in policies.items()}
        self._limiter = SlidingWindowCounterRateLimiter(_storage(storage_uri))
        self._secret = hashlib.sha256(secret).digest() if secret else b""
        self._clock = clock

    def hit(self, policy: str, *keys: str) -> Allowance:
        """Count one thing for each key and return the tightest of what is left; what is refused is not counted.

        Args:
            policy: the name of a limit.
            keys: who does it, in as many ways as they are known. One that begins with ``address:``, or is an address,
                stands for its whole network where that is IPv6.

        Raises:
            KeyError: if there is no such limit.
        """
        limit = self._policies[policy]
        names = [self._hashed(key) for key in keys]
        try:
            allowed = all(self._limiter.test(limit, policy, name) for name in names)
            if allowed:
                # Another request may have come in between: each of these still counts or refuses as one.
                counted = [self._limiter.hit(limit, policy, name) for name in names]
                allowed = all(counted)
            left = [self._left(limit, policy, name) for name in names]
        except StorageError as exc:
            _log.warning("limits.unavailable", policy=policy, error=type(exc.storage_error).__name__)
            return Allowance(True, limit.amount, limit.amount, limit.get_expiry(), limit.get_expiry(), policy)
        remaining, reset_seconds = min(left, key=lambda one: (one[0], -one[1]), default=(limit.amount, 0))
        return Allowance(
            allowed,
            limit.amount,
            remaining if allowed else 0,
            max(1, reset_seconds) if not allowed else reset_seconds,
            limit.get_expiry(),
            policy,
        )

    def _left(self, limit: RateLimitItem, policy: str, name: str) -> tuple[int, int]:
        stats = self._limiter.get_window_stats(limit, policy, name)
        return max(0, stats.remaining), max(0, math.ceil(stats.reset_time - self._clock()))

    def _hashed(self, key: str) -> str:
        counted = network_of(key.removeprefix(_ADDRESS_KEY))
        kind = _ADDRESS_KEY if key.startswith(_ADDRESS_KEY) else ""
        return hashlib.blake2b(
            f"{kind}{counted}".encode("utf-8", "replace"), key=self._secret, digest_size=16
        ).hexdigest()


def by_address(limit: str) -> str:
    """Return the limit of an address, which an office or a mobile network may share, for that of one person."""
    item = parse(limit)
    return f"{item.amount * _PEOPLE_AT_AN_ADDRESS} per {item.multiples} {item.GRANULARITY.name}"


def network_of(address: str) -> str:
    """Return what an address is counted as: itself, or the /64 of an IPv6 one. What is no address stays as it is."""
    try:
        read = ip_address(address)
    except ValueError:
        return address
    if isinstance(read, IPv6Address):
        if read.ipv4_mapped is not None:
            return str(read.ipv4_mapped)
        return str(IPv6Network((int(read), _IPV6_BITS), strict=False))
    return str(read)


def client_address(scope: MutableMapping[str, Any], trusted_proxies: Sequence[Network]) -> str:
    """Return the address that a request comes from.

    It is the peer's, or, where the peer is a trusted proxy, the last one in ``X-Forwarded-For`` that is none: what
    stands before that one, anybody can have written.

    Args:
        scope: the ASGI scope.
        trusted_proxies: networks of the operator's own proxies. With any, a peer without an address, which is one
            at a socket of this machine, is trusted as well.
    """
    peer = _read(scope["client"][0]) if scope.get("client") else None
    if peer is not None and not _is_trusted(peer, trusted_proxies):
        return peer
    if peer is None and not trusted_proxies:
        return UNKNOWN_ADDRESS
    forwarded = b",".join(value for name, value in scope.get("headers", ()) if name.lower() == b"x-forwarded-for")
    nearest = peer
    for entry in reversed(forwarded.decode("latin-1").split(",")):
        address = _read(entry)
        if address is None:
            break
        nearest = address
        if not _is_trusted(address, trusted_proxies):
            break
    return nearest or UNKNOWN_ADDRESS


def _read(text: str) -> str | None:
    """Return an address as it is written once: without a port, brackets, or the form of IPv4 within IPv6."""
    bare = text.strip().strip('"')
    if bare.startswith("["):
        bare = bare[1:].partition("]")[0]
    elif bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        read = ip_address(bare)
    except ValueError:
        return None
    mapped = read.ipv4_mapped if isinstance(read, IPv6Address) else None
    return str(mapped or read)


def _is_trusted(address: str, networks: Sequence[Network]) -> bool:
    return any(ip_address(address) in network for network in networks)


def _limit(name: str, text: str) -> RateLimitItem:
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name!r} cannot be the name of a limit")
    try:
        limit = parse(text)
    except ValueError as exc:
        raise ValueError(f"{text!r} is not a limit such as '60/minute' or '10 per 2 hours'") from exc
    if limit.amount < 1 or limit.get_expiry() < 1:
        raise ValueError(f"{text!r} would allow nothing at all")
    return limit


def _storage(uri: str) -> Storage:
    try:
        storage = storage_from_string(uri, wrap_exceptions=True)
    except (ConfigurationError, ImportError, ValueError, AssertionError) as exc:
        raise ValueError(f"the store for limits cannot be used: {exc}") from exc
    if not isinstance(storage, Storage):
        raise ValueError("the store for limits must not be one of the 'async+' kinds")
    return storage
