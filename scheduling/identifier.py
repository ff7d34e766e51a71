"""Identifiers that reveal nothing: no count, no date, no order."""

import secrets

_CROCKFORD = "0123456789abcdefghjkmnpqrstvwxyz"
_SPOKEN = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # no 0 O 1 I L U: none is taken for another over a bad line
_ID_LENGTH = 26
_ID_BITS = 128


def new_id() -> str:
    """Return 128 random bits as 26 lower-case characters of Crockford's base 32: key and public id in one."""
    number = secrets.randbits(_ID_BITS)
    return "".join(_CROCKFORD[(number >> shift) & 31] for shift in range(5 * (_ID_LENGTH - 1), -1, -5))


def is_id(text: str) -> bool:
    """Tell whether a text could have come from `new_id`."""
    return len(text) == _ID_LENGTH and all(letter in _CROCKFORD for letter in text)


def new_reference() -> str:
    """Return a case reference such as `K7Q-4M2`, made to be read out by telephone."""
    letters = [secrets.choice(_SPOKEN) for _ in range(6)]
    return "".join(letters[:3]) + "-" + "".join(letters[3:])
