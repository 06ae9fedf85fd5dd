"""Reads a small public document from an address that somebody else chose, without being led into our own network.

Only https. The name is looked up once, each of its addresses must be public, and the connection goes to the
address that was checked, so that a second answer of the name server changes nothing. No redirects, little time.
"""

from __future__ import annotations

import ipaddress
import socket
from urllib.parse import urlsplit

from django.utils.translation import gettext_lazy as _

from yiyang.kernel.refusals import Refusal

SECONDS = 4.0
LARGEST = 64_000


class AddressNotPublic(Refusal):
    message = _("Use an address that begins with https:// and can be reached from the internet: {address}")
    status = 422


class AddressDoesNotAnswer(Refusal):
    message = _("{address} did not answer with a short document. Look at it in a browser, then try again.")
    status = 422


def fetch(address: str, *, largest: int = LARGEST) -> bytes:
    """What lies at a public https address; a Refusal where there is nothing or where we do not go."""
    import httpx  # heavy; a process that calls nobody starts without it

    host, port, ip = _checked(address)
    parts = urlsplit(address)
    shown = f"[{ip}]" if ":" in ip else ip
    there = parts._replace(netloc=f"{shown}:{port}", fragment="").geturl()
    try:
        with (
            httpx.Client(timeout=SECONDS, follow_redirects=False, trust_env=False) as client,
            client.stream(
                "GET",
                there,
                headers={"Host": host if port == 443 else f"{host}:{port}", "Accept": "application/json"},
                extensions={"sni_hostname": host},
            ) as answer,
        ):
            if answer.status_code != 200:
                raise AddressDoesNotAnswer(address=address[:120])
            found = b""
            for part in answer.iter_bytes():
                found += part
                if len(found) > largest:
                    raise AddressDoesNotAnswer(address=address[:120])
            return found
    except httpx.HTTPError:
        raise AddressDoesNotAnswer(address=address[:120]) from None


def refuse_inner(address: str) -> None:
    """Raises for an address that does not look public; nobody is asked yet."""
    try:
        parts = urlsplit(address)
        fits = parts.scheme == "https" and bool(parts.hostname) and parts.port != 0
    except ValueError:
        fits = False
    if not fits or parts.username or parts.password or not address.isascii():
        raise AddressNotPublic(address=address[:120])


def _checked(address: str) -> tuple[str, int, str]:
    refuse_inner(address)
    parts = urlsplit(address)
    host, port = str(parts.hostname), parts.port or 443
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise AddressDoesNotAnswer(address=address[:120]) from None
    addresses = [str(one[4][0]) for one in found]
    if not addresses or not all(_public(one) for one in addresses):
        raise AddressNotPublic(address=address[:120])
    return host, port, addresses[0]


def _public(address: str) -> bool:
    ip = ipaddress.ip_address(address.partition("%")[0])
    mapped = getattr(ip, "ipv4_mapped", None) or getattr(ip, "sixtofour", None)
    return (mapped or ip).is_global and not ip.is_multicast
