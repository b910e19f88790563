"""A private key for apps that sign in with assertions."""

from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa


def private_key_file(directory: Path) -> Path:
    """A new RSA key in PEM."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    path = directory / "app-key.pem"
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return path
