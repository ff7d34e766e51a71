"""What the server refuses, as sentences with fields."""


class ServerError(Exception):
    """The base of all refusals of this room."""


class SettingError(ServerError):
    """A setting cannot be used: one line for the operator, exit 2."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"{name}: {reason}")
        self.name = name
        self.reason = reason


class SignInRefused(ServerError):
    """Address and password do not open an account; says nothing about which was wrong."""


class TooManyAttempts(ServerError):
    """A secret was tried too often from here; `retry_after_seconds` tells when to come back."""

    def __init__(self, retry_after_seconds: int) -> None:
        super().__init__(f"too many attempts, come back in {retry_after_seconds} s")
        self.retry_after_seconds = retry_after_seconds


class DatabaseAway(ServerError):
    """The database cannot be reached or has no time; of this transaction nothing was kept."""


class NotText(ServerError):
    """A character that PostgreSQL keeps in no text, in a place where nothing refused it before."""


class GaveWay(DatabaseAway):
    """The database undid this transaction for the sake of another: it may begin again at once."""
