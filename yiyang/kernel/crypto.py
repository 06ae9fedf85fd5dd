"""Personal identifiers: encrypted, with a keyed hash beside them for exact look-up.

Keys come from the configuration, each under a version; the highest version writes, all versions read. The
cipher suite is AES-256-GCM with HMAC-SHA-256, or SM4-GCM with HMAC-SM3 (GB/T 32907, GB/T 32905).
"""

from __future__ import annotations

import os
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from yiyang.ops.config import config

SUITES = {
    "aes": (b"\x01", algorithms.AES, 32, hashes.SHA256),
    "sm": (b"\x02", algorithms.SM4, 16, hashes.SM3),
}
_BY_MARK = {mark: (cipher, size) for mark, cipher, size, _ in SUITES.values()}
NONCE, TAG = 12, 16


class WrongKey(Exception):
    """The stored value was written under a key that this installation does not have."""


def encrypt(text: str) -> bytes:
    return encrypt_bytes(text.encode())


def encrypt_bytes(content: bytes) -> bytes:
    """Version, suite, nonce, ciphertext and tag in one value."""
    mark, cipher, size, _ = SUITES[config.cipher_suite]
    version = max(config.identifier_keys)
    nonce = os.urandom(NONCE)
    encryptor = Cipher(cipher(_key(version, "encrypt", size)), modes.GCM(nonce)).encryptor()
    body = encryptor.update(content) + encryptor.finalize()
    return version.to_bytes(2, "big") + mark + nonce + body + encryptor.tag


def decrypt(value: bytes) -> str:
    return decrypt_bytes(value).decode()


def decrypt_bytes(value: bytes) -> bytes:
    """What was encrypted, whichever suite and key version wrote it; WrongKey when it cannot be read."""
    value = bytes(value)
    version, mark = int.from_bytes(value[:2], "big"), value[2:3]
    nonce, body, tag = value[3 : 3 + NONCE], value[3 + NONCE : -TAG], value[-TAG:]
    if version not in config.identifier_keys or mark not in _BY_MARK:
        raise WrongKey(f"key version {version}")
    cipher, size = _BY_MARK[mark]
    decryptor = Cipher(cipher(_key(version, "encrypt", size)), modes.GCM(nonce, tag)).decryptor()
    try:
        return decryptor.update(body) + decryptor.finalize()
    except InvalidTag as error:
        raise WrongKey(f"key version {version}") from error


def look_up_hashes(kind: str, text: str) -> list[tuple[int, bytes]]:
    """(key version, keyed hash) of an identifier under every key held, newest first: write and check them all."""
    return [
        (version, _hash(version, f"{kind}:{text}".encode()))
        for version in sorted(config.identifier_keys)[::-1]
    ]


def key_fingerprints() -> dict[str, str]:
    """A short name of each key, for backups and `yiyang check`; the key cannot be found from it."""
    return {str(version): _hash(version, b"fingerprint").hex()[:12] for version in config.identifier_keys}


def seal_mac(message: bytes) -> str:
    """HMAC of a seal, by a key that lies outside the database."""
    algorithm = SUITES[config.cipher_suite][3]
    mac = hmac.HMAC(config.seal_key.encode(), algorithm())
    mac.update(message)
    return mac.finalize().hex()


def _hash(version: int, message: bytes) -> bytes:
    algorithm = SUITES[config.cipher_suite][3]
    mac = hmac.HMAC(_key(version, "look-up", 32), algorithm())
    mac.update(message)
    return mac.finalize()


@lru_cache(maxsize=32)
def _key(version: int, use: str, size: int) -> bytes:
    secret = config.identifier_keys[version].encode()
    return HKDF(algorithm=hashes.SHA256(), length=size, salt=None, info=f"yiyang {use}".encode()).derive(
        secret
    )
