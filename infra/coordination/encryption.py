"""Values that only who knows a secret can read: what is shared holds neither the secret nor the key made from it."""

import hashlib
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_NONCE_BYTES = 12


def seal(secret: str, purpose: str, value: bytes) -> bytes:
    """The value, encrypted with a key that is derived from a secret of high entropy, such as a token."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return nonce + _cipher(secret, purpose).encrypt(nonce, value, purpose.encode())


def unseal(secret: str, purpose: str, sealed: bytes) -> bytes | None:
    """The value; None when it was sealed with another secret, for another purpose, or is damaged."""
    try:
        return _cipher(secret, purpose).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], purpose.encode())
    except (InvalidTag, ValueError):
        return None


def digest(text: str) -> str:
    """What stands for a text of high entropy, and tells nothing of it."""
    return hashlib.sha256(text.encode()).hexdigest()


def _cipher(secret: str, purpose: str) -> AESGCM:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=f"salesforce-mcp {purpose}".encode())
    return AESGCM(derived.derive(secret.encode()))
