"""Bech32 (BIP 173) without its length limit: the writing of age recipients and identities."""

from recordings.errors import KeyMalformed

_ALPHABET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_VALUES = {letter: value for value, letter in enumerate(_ALPHABET)}
_GENERATORS = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_CHECKSUM_LETTERS = 6
_FIRST_PRINTABLE, _LAST_PRINTABLE = 33, 126
_MOST_PADDING_BITS = 4


def encode(prefix: str, data: bytes) -> str:
    """Write `data` under a lower-case prefix: prefix, `1`, five bits a letter, six letters of checksum."""
    values = _to_fives(data)
    check = _polymod([*_expanded(prefix), *values, *([0] * _CHECKSUM_LETTERS)]) ^ 1
    values += [check >> 5 * (5 - place) & 31 for place in range(_CHECKSUM_LETTERS)]
    return prefix + "1" + "".join(_ALPHABET[value] for value in values)


def decode(text: str) -> tuple[str, bytes]:
    """Give prefix (in lower case) and data; raises `KeyMalformed` without repeating the text."""
    if text not in (text.lower(), text.upper()):
        raise KeyMalformed("it mixes capital and small letters")
    prefix, _, letters = text.lower().rpartition("1")
    if not prefix or len(letters) < _CHECKSUM_LETTERS:
        raise KeyMalformed("it is too short")
    if not all(_FIRST_PRINTABLE <= ord(letter) <= _LAST_PRINTABLE for letter in prefix):
        raise KeyMalformed("a letter of it is not one of the alphabet")
    if not all(letter in _VALUES for letter in letters):
        raise KeyMalformed("a letter of it is not one of the alphabet")
    values = [_VALUES[letter] for letter in letters]
    if _polymod([*_expanded(prefix), *values]) != 1:
        raise KeyMalformed("its checksum is wrong, so a letter was lost or changed")
    return prefix, _from_fives(values[:-_CHECKSUM_LETTERS])


def _polymod(values: list[int]) -> int:
    check = 1
    for value in values:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for place, generator in enumerate(_GENERATORS):
            if top >> place & 1:
                check ^= generator
    return check


def _expanded(prefix: str) -> list[int]:
    return [ord(letter) >> 5 for letter in prefix] + [0] + [ord(letter) & 31 for letter in prefix]


def _to_fives(data: bytes) -> list[int]:
    padding = -len(data) * 8 % 5
    number = int.from_bytes(data, "big") << padding
    count = (len(data) * 8 + padding) // 5
    return [number >> 5 * (count - 1 - place) & 31 for place in range(count)]


def _from_fives(values: list[int]) -> bytes:
    number = 0
    for value in values:
        number = number << 5 | value
    size, padding = divmod(len(values) * 5, 8)
    if padding > _MOST_PADDING_BITS or number & (1 << padding) - 1:
        raise KeyMalformed("its last letter holds bits that belong nowhere")
    return (number >> padding).to_bytes(size, "big")
