"""Codes of an authenticator application (TOTP, RFC 6238): sealed secrets and steps used once."""

import hmac
import secrets
from datetime import datetime

import pyotp
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

STEP_SECONDS = 30
NONCE_BYTES = 12
_ISSUER = "Parloir"


def seal_secret(key: bytes, account_id: str, secret: str) -> bytes:
    """Nonce and ciphertext of a secret, bound to its account."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + ChaCha20Poly1305(key).encrypt(nonce, secret.encode(), _bound_to(account_id))


def open_secret(key: bytes, account_id: str, sealed: bytes) -> str:
    """Give the secret that `seal_secret` sealed for the same account."""
    nonce, ciphertext = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
    return ChaCha20Poly1305(key).decrypt(nonce, ciphertext, _bound_to(account_id)).decode()


def new_secret() -> str:
    """Give a secret of 160 bits in base32, as authenticator applications take it."""
    return pyotp.random_base32()


def accepted_step(secret: str, code: str, *, now: datetime, after_step: int) -> int | None:
    """Give the step whose code this is: the present one or its neighbours, never one already used."""
    digits = "".join(code.split())
    totp = pyotp.TOTP(secret)
    present = int(now.timestamp()) // STEP_SECONDS
    fitting = [
        step
        for step in (present - 1, present, present + 1)
        if hmac.compare_digest(totp.generate_otp(step).encode(), digits.encode()) and step > after_step
    ]
    return max(fitting, default=None)


def enrolment_uri(secret: str, email: str) -> str:
    """Give the `otpauth:` address that an authenticator application opens."""
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=_ISSUER)


def _bound_to(account_id: str) -> bytes:
    return b"credentials.totp|" + account_id.encode()
