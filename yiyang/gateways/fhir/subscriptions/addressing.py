"""Where a subscription may send to: addresses of the open network by https, others only where the operator names them."""

from __future__ import annotations

import ipaddress
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.utils.translation import gettext_lazy as _

from yiyang.kernel.refusals import Refusal
from yiyang.ops.config import config


class EndpointUnfit(Refusal):
    message = _("“channel.endpoint” must be an https address without a name and password in it.")
    status = 422


class EndpointClosed(Refusal):
    message = _(
        "This address lies inside a private network, or its name is not known. The operator may open it with the "
        "setting subscriptions.allowed."
    )
    status = 422


@dataclass(frozen=True)
class Target:
    """`address` is the number that was checked: to it the request goes, so that the name cannot lead elsewhere then."""

    scheme: str
    host: str
    port: int
    address: str
    path: str

    @property
    def url(self) -> str:
        number = f"[{self.address}]" if ":" in self.address else self.address
        return f"{self.scheme}://{number}:{self.port}{self.path}"

    @property
    def named(self) -> str:
        usual = {"https": 443, "http": 80}[self.scheme]
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == usual else f"{host}:{self.port}"


def checked(endpoint: str, beside: str = "", *, unknown: bool = False) -> Target:
    """The target, looked up now; `beside`: what is appended to the path. `unknown`: its name need not be known yet."""
    try:
        parts = urlsplit(endpoint)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        raise EndpointUnfit(expression="Subscription.channel.endpoint") from None
    plain = parts.scheme == "http" and _allowed_by_name(host, port or 80)
    fit = parts.scheme == "https" or plain
    if not (fit and host and len(endpoint) <= 500) or parts.username or parts.password or parts.fragment:
        raise EndpointUnfit(expression="Subscription.channel.endpoint")
    port = port or (443 if parts.scheme == "https" else 80)
    path = (parts.path.rstrip("/") + beside) or "/"
    target = Target(
        parts.scheme,
        host,
        port,
        _address(host, port, unknown),
        path + (f"?{parts.query}" if parts.query else ""),
    )
    if plain and target.address and not ipaddress.ip_address(target.address).is_loopback:
        raise EndpointUnfit(expression="Subscription.channel.endpoint")
    return target


def _address(host: str, port: int, unknown: bool) -> str:
    """The first address of the host, if all of them may be sent to."""
    try:
        found = [one[4][0] for one in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    except (OSError, UnicodeError):
        if unknown:
            return ""
        raise EndpointClosed(expression="Subscription.channel.endpoint") from None
    named = _allowed_by_name(host, port)
    if not found or not all(named or _open(str(one)) for one in found):
        raise EndpointClosed(expression="Subscription.channel.endpoint")
    return str(found[0])


def _open(address: str) -> bool:
    found = ipaddress.ip_address(address.partition("%")[0])
    mapped = getattr(found, "ipv4_mapped", None) or found
    return (mapped.is_global and not mapped.is_multicast) or any(mapped in net for net in _networks())


def _networks() -> list[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    return [ipaddress.ip_network(one, strict=False) for one in config.subscriptions_allowed if "/" in one]


def _allowed_by_name(host: str, port: int) -> bool:
    return any(one in (host, f"{host}:{port}") for one in config.subscriptions_allowed if "/" not in one)
