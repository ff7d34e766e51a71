"""Why a step of the rehearsal failed, as sentences with fields."""


class RehearsalError(Exception):
    """The base of all that a rehearsal finds wrong."""


class NotHeard(RehearsalError):
    """A side waited for something on the line in vain."""

    def __init__(self, side: str, what: str, seconds: float) -> None:
        super().__init__(f"the {side} waited {seconds:g} s in vain for {what}")
        self.side = side
        self.what = what
        self.seconds = seconds


class PageRefused(RehearsalError):
    """A page answered something else than a visitor of that role must get."""

    def __init__(self, method: str, path: str, status: int, reason: str = "") -> None:
        super().__init__(f"{method} {path} answered {status}{': ' if reason else ''}{reason}")
        self.method = method
        self.path = path
        self.status = status


class NotOnPage(RehearsalError):
    """A page lacks the form, field or link that the next act needs."""

    def __init__(self, path: str, what: str) -> None:
        super().__init__(f"{path} shows no {what}")
        self.path = path
        self.what = what


class FoundWrong(RehearsalError):
    """What came out of the interview is not what went in."""


class KitRefused(RehearsalError):
    """The kit file that says where to rehearse cannot be used."""
