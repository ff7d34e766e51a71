"""What each role of a participant may do in a room."""

from dataclasses import dataclass, replace
from enum import StrEnum

from webrtc.ports import Kind


class ParticipantRole(StrEnum):
    """The roles of an interview's participants."""

    DETAINEE = "detainee"
    CONSULAR_OFFICER = "consular_officer"
    CENTRE_HOST = "centre_host"
    INTERPRETER = "interpreter"
    LAWYER = "lawyer"
    GUARDIAN = "guardian"
    LIAISON_OFFICER = "liaison_officer"
    OBSERVER = "observer"


@dataclass(frozen=True, slots=True)
class Rights:
    """What a participant may do once admitted."""

    speak: bool
    be_seen: bool
    be_recorded: bool
    subscribe: bool

    @property
    def forwarded_kinds(self) -> tuple[Kind, ...]:
        """The kinds of track that others may receive from this participant."""
        return tuple(kind for kind, may in _kinds(self) if may)

    def unrecorded(self) -> "Rights":
        """Return the rights of somebody who does not want to be recorded."""
        return replace(self, be_recorded=False)

    @property
    def recorded_kinds(self) -> tuple[Kind, ...]:
        """The kinds of track that a recording may hold of this participant."""
        return self.forwarded_kinds if self.be_recorded else ()


def _kinds(rights: Rights) -> tuple[tuple[Kind, bool], ...]:
    return ("audio", rights.speak), ("video", rights.be_seen)


_TAKES_PART = Rights(speak=True, be_seen=True, be_recorded=True, subscribe=True)
# A lawyer advises the person and is no source of evidence: heard and seen, never recorded.
_ADVISES = Rights(speak=True, be_seen=True, be_recorded=False, subscribe=True)
# The host and observers are present and take no part.
_ATTENDS = Rights(speak=False, be_seen=False, be_recorded=False, subscribe=True)

RIGHTS: dict[ParticipantRole, Rights] = {
    ParticipantRole.DETAINEE: _TAKES_PART,
    ParticipantRole.CONSULAR_OFFICER: _TAKES_PART,
    ParticipantRole.CENTRE_HOST: _ATTENDS,
    ParticipantRole.INTERPRETER: _TAKES_PART,
    ParticipantRole.LAWYER: _ADVISES,
    ParticipantRole.GUARDIAN: _TAKES_PART,
    ParticipantRole.LIAISON_OFFICER: _TAKES_PART,
    ParticipantRole.OBSERVER: _ATTENDS,
}
