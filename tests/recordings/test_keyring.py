import io
import os
import re
import stat
import subprocess
from pathlib import Path

import pytest

from recordings.age_keys import X25519Identity, new_identity
from recordings.age_stream import decrypt_stream
from recordings.errors import KeyringRefused
from recordings.keyring import (
    MOST_KEYRING_BYTES,
    Duty,
    fingerprint,
    format_keyring,
    parse_keyring,
    read_keyring,
)
from tests.support.vault_keys import AGE_PROGRAM, keyring_of, write_keyring

SUPERVISOR, RECOVERY = new_identity().recipient(), X25519Identity(bytes(range(32))).recipient()
PATH = Path("recipients.txt")
GOOD = f"""# Keys of the immigration office, checked by voice in September

# supervisor: Office, key 1
{SUPERVISOR}
# Recovery:  Safe of the director
# it lies in the second drawer: on the left

{RECOVERY}
"""


def refusal(text: str) -> KeyringRefused:
    with pytest.raises(KeyringRefused) as refused:
        parse_keyring(text, PATH)
    assert str(refused.value) == f"{PATH}: {refused.value.reason}; {refused.value.remedy}"
    return refused.value


def test_holders_are_read_with_duty_name_and_recipient() -> None:
    keyring = parse_keyring(GOOD, PATH)
    assert [(holder.duty, holder.name) for holder in keyring.holders] == [
        (Duty.SUPERVISOR, "Office, key 1"),
        (Duty.RECOVERY, "Safe of the director"),
    ]
    assert [str(recipient) for recipient in keyring.recipients] == [str(SUPERVISOR), str(RECOVERY)]
    assert keyring.of(Duty.RECOVERY) == keyring.holders[1:]


def test_a_keyring_is_post_quantum_only_if_every_key_is() -> None:
    assert not parse_keyring(GOOD, PATH).is_post_quantum
    assert keyring_of(new_identity()).is_post_quantum


def test_what_is_written_is_read_again() -> None:
    keyring = keyring_of(new_identity())
    again = parse_keyring(format_keyring(keyring.holders), PATH)
    assert format_keyring(again.holders) == format_keyring(keyring.holders)


@pytest.mark.parametrize(
    ("text", "reason", "remedy"),
    [
        ("", "no supervisor key", "# supervisor: NAME"),
        (f"# recovery: Safe\n{RECOVERY}\n", "no supervisor key", "# supervisor: NAME"),
        (f"# supervisor: Office\n{SUPERVISOR}\n", "no recovery key", "# recovery: NAME"),
        (f"{SUPERVISOR}\n", "whose recipient line 1 is", "above it"),
        (f"# supervisor: A\n{SUPERVISOR}\n{RECOVERY}\n", "whose recipient line 3 is", "above it"),
        (f"# owner: A\n{SUPERVISOR}\n", "whose recipient line 2 is", "above it"),
        (f"# supervisor:\n{SUPERVISOR}\n", "line 1 names nobody", "after the colon"),
        ("# supervisor: A\n# recovery: B\n", "no recipient follows", "below its holder"),
        (GOOD + "# supervisor: C\n", "no recipient follows", "below its holder"),
        (GOOD + f"# supervisor: C\n{SUPERVISOR}\n", "stands in it twice", "of their own"),
        (GOOD + f"# supervisor: C\n{str(RECOVERY)[:-1]}\n", "line 10 is no age recipient", "copy it again"),
        (GOOD + "# supervisor: C\nssh-ed25519 AAAA\n", "line 10 is no age recipient", "copy it again"),
    ],
)
def test_a_keyring_that_is_not_whole_is_refused_with_what_to_do(text: str, reason: str, remedy: str) -> None:
    refused = refusal(text)
    assert reason in refused.reason
    assert remedy in refused.remedy


def test_a_secret_among_the_recipients_is_refused_and_not_repeated() -> None:
    secret = str(new_identity())
    refused = refusal(GOOD + f"# supervisor: C\n{secret}\n")
    assert "treat it as lost" in refused.remedy
    assert secret not in str(refused)


def test_a_fingerprint_is_eight_groups_that_differ_between_recipients() -> None:
    assert re.fullmatch(r"([0-9a-f]{4} ){7}[0-9a-f]{4}", fingerprint(SUPERVISOR))
    assert fingerprint(SUPERVISOR) != fingerprint(RECOVERY)
    assert parse_keyring(GOOD, PATH).holders[0].fingerprint == fingerprint(SUPERVISOR)


def test_a_fingerprint_never_changes() -> None:
    assert fingerprint(RECOVERY) == "6d15 2fa9 c011 05bb 8b0a 5815 5890 74d5"


def test_a_guarded_file_is_read(tmp_path: Path) -> None:
    keyring = keyring_of(new_identity())
    assert len(read_keyring(write_keyring(tmp_path, keyring)).holders) == 2


def test_a_missing_file_is_refused_with_what_to_write(tmp_path: Path) -> None:
    with pytest.raises(KeyringRefused, match="does not exist; write one `# supervisor: NAME`"):
        read_keyring(tmp_path / "recipients.txt")


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    (tmp_path / "recipients.txt").mkdir()
    with pytest.raises(KeyringRefused, match="cannot be read: Is a directory"):
        read_keyring(tmp_path / "recipients.txt")


@pytest.mark.parametrize("more", [stat.S_IWGRP, stat.S_IWOTH])
def test_a_file_that_others_may_change_is_refused(tmp_path: Path, more: int) -> None:
    path = write_keyring(tmp_path, keyring_of(new_identity()))
    path.chmod(0o644 | more)
    with pytest.raises(KeyringRefused, match=f"run: chmod go-w {re.escape(str(path))}"):
        read_keyring(path)


def test_a_folder_that_others_may_change_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    folder.mkdir()
    path = write_keyring(folder, keyring_of(new_identity()))
    folder.chmod(0o777)
    with pytest.raises(KeyringRefused, match=f"run: chmod go-w {re.escape(str(folder))}$"):
        read_keyring(path)
    folder.chmod(0o1777)
    assert read_keyring(path).holders


def test_a_file_of_another_account_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_keyring(tmp_path, keyring_of(new_identity()))
    real = os.fstat

    def of_somebody(descriptor: int) -> os.stat_result:
        facts = list(real(descriptor))
        facts[stat.ST_UID] = os.geteuid() + 4711
        return os.stat_result(facts)

    monkeypatch.setattr(os, "fstat", of_somebody)
    with pytest.raises(KeyringRefused, match="belongs to another account"):
        read_keyring(path)


@pytest.mark.parametrize(
    ("content", "reason"), [(b"\xff\xfe", "no UTF-8"), (b"#" * (MOST_KEYRING_BYTES + 1), "far too large")]
)
def test_a_file_that_is_no_list_of_keys_is_refused(tmp_path: Path, content: bytes, reason: str) -> None:
    path = tmp_path / "recipients.txt"
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(KeyringRefused, match=reason):
        read_keyring(path)


def test_age_seals_to_the_same_file(tmp_path: Path) -> None:
    identity = X25519Identity(bytes(range(32)))
    path = write_keyring(tmp_path, keyring_of(identity, new_identity(post_quantum=False)))
    command = [AGE_PROGRAM, "-R", str(path)]
    done = subprocess.run(command, input=b"hello", capture_output=True, check=True)  # noqa: S603
    out = io.BytesIO()
    decrypt_stream(io.BytesIO(done.stdout), out, [identity])
    assert out.getvalue() == b"hello"
