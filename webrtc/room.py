"""The rules of one room: who waits, who is in, who sees whom and what is recorded.

A room performs nothing itself. Every method changes it and returns the effects in the order in which they are
to be performed. After each change the room is settled: seats, parts and roster are compared with what was
last ordered, and the difference is ordered.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from webrtc.effect import Announce, Assign, BeginPart, Cut, Effect, EndPart, Tell
from webrtc.ports import Json, Kind
from webrtc.recording_state import RecordingState, RoomRecording, Run
from webrtc.role import RIGHTS, ParticipantRole, Rights
from webrtc.seat import Seating


@dataclass(slots=True)
class _Member:
    """What the room knows of one participant."""

    participant_id: str
    role: ParticipantRole
    recorded: bool = True
    admitted: bool = False
    removed: bool = False
    peer_id: str | None = None
    connected: bool = False
    audio: bool = True
    video: bool = True
    watches: bool = True
    bars: int | None = None
    entries: int = 0
    part_peer: str | None = None
    seating: Seating = field(default_factory=lambda: Seating(0))
    ordered: dict[int, tuple[str, str | None, tuple[Kind, ...]]] = field(default_factory=dict)

    @property
    def rights(self) -> Rights:
        return RIGHTS[self.role] if self.recorded else RIGHTS[self.role].unrecorded()

    @property
    def is_in(self) -> bool:
        return self.admitted and self.connected

    @property
    def sends(self) -> bool:
        return self.is_in and bool(self.rights.forwarded_kinds)

    def kinds_for(self, viewer: "_Member") -> tuple[Kind, ...]:
        """What of this participant the viewer receives: the sound alone when theirs is a bad line."""
        return tuple(kind for kind in self.rights.forwarded_kinds if viewer.watches or kind == "audio")


class Room:
    """One room; `seats` is how many others a browser is told to prepare for."""

    __slots__ = ("_members", "_peers", "_rosters", "_stays", "closed", "recording", "room_id", "seats")

    def __init__(self, room_id: str, *, seats: int) -> None:
        self.room_id = room_id
        self.seats = seats
        self.recording = RoomRecording()
        self.closed = False
        self._members: dict[str, _Member] = {}
        self._peers: dict[str, _Member] = {}
        self._rosters: dict[bool, Json] = {}
        """What was last told of the people here: to those inside (False), and to those cut off (True)."""
        self._stays: frozenset[str] | None = None
        """Who stays in a private consultation; None while there is none."""

    @property
    def peer_ids(self) -> tuple[str, ...]:
        """The peers that are connected or connecting."""
        return tuple(self._peers)

    @property
    def admitted_peer_ids(self) -> tuple[str, ...]:
        """The peers of admitted participants."""
        return tuple(peer_id for peer_id, member in self._peers.items() if member.admitted)

    @property
    def present(self) -> tuple[tuple[str, str, bool], ...]:
        """Each participant with a connection, the connection, and whether its media is up."""
        return tuple(
            (member.participant_id, peer_id, member.connected) for peer_id, member in self._peers.items()
        )

    def enter(
        self,
        peer_id: str,
        participant_id: str,
        role: ParticipantRole,
        *,
        admitted: bool,
        now: datetime,
        recorded: bool = True,
    ) -> list[Effect]:
        """Take in a participant's new connection; it replaces an older one of the same participant.

        Who is not `recorded` takes part with every other right of the role.
        """
        if self.closed:
            return [Tell(peer_id, {"type": "ended", "reason": "closed"}), Cut(peer_id, "closed")]
        member = self._members.setdefault(participant_id, _Member(participant_id, role))
        member.role, member.recorded = role, recorded
        if admitted:
            member.admitted, member.removed = True, False
        if member.removed:
            return [Tell(peer_id, {"type": "removed"}), Cut(peer_id, "removed")]
        told = Tell(member.peer_id, {"type": "replaced"}) if member.peer_id else None
        effects = self._disconnect(member, told, "replaced")
        member.peer_id, member.ordered, member.entries = peer_id, {}, member.entries + 1
        member.watches, member.bars = True, None
        self._peers[peer_id] = member
        effects.append(Tell(peer_id, self._welcome(member, now)))
        effects += self._place_told(member)
        self._rosters = {}
        return effects + self._settle()

    def seats_offered(self, peer_id: str, count: int) -> list[Effect]:
        """Take note of how many seats a peer's offer holds."""
        member = self._peers.get(peer_id)
        if member is None:
            return []
        if count < len(member.seating.occupants):
            member.seating = Seating(count)
        member.seating.resize(count)
        return self._settle()

    def connected(self, peer_id: str) -> list[Effect]:
        """Take note that a peer's media is up (again)."""
        member = self._peers.get(peer_id)
        if member is None or member.connected:
            return []
        member.connected = True
        return [self._announce("connected", member, peer_id), *self._settle()]

    def disconnected(self, peer_id: str) -> list[Effect]:
        """Take note that nothing arrives from a peer any more; it may come back."""
        member = self._peers.get(peer_id)
        if member is None or not member.connected:
            return []
        member.connected = False
        return [self._announce("disconnected", member, peer_id), *self._settle()]

    def exit(self, peer_id: str, cause: str = "left") -> list[Effect]:
        """Let a peer go."""
        member = self._peers.get(peer_id)
        if member is None:
            return []
        return self._disconnect(member, None, cause) + self._settle()

    def admit(self, participant_id: str) -> list[Effect]:
        """Let a waiting participant in; who was removed may come back."""
        member = self._members.get(participant_id)
        if member is None or member.admitted:
            return []
        member.admitted, member.removed = True, False
        return [*self._place_told(member), *self._settle()]

    def remove(self, participant_id: str) -> list[Effect]:
        """Put a participant out; a new connection of theirs is refused until they are admitted again."""
        member = self._members.get(participant_id)
        if member is None or member.removed:
            return []
        member.admitted, member.removed = False, True
        told = Tell(member.peer_id, {"type": "removed"}) if member.peer_id else None
        return self._disconnect(member, told, "removed") + self._settle()

    def media(self, peer_id: str, *, audio: bool, video: bool) -> list[Effect]:
        """Take note of which of their devices a participant has on."""
        member = self._peers.get(peer_id)
        if member is None:
            return []
        member.audio, member.video = audio, video
        return self._settle()

    def receive(self, peer_id: str, *, video: bool) -> list[Effect]:
        """Forward pictures to a peer, or the sound alone."""
        member = self._peers.get(peer_id)
        if member is None:
            return []
        member.watches = video
        return self._settle()

    def judged(self, peer_id: str, bars: int) -> list[Effect]:
        """Take note of how good a peer finds its own line, for everybody to see."""
        member = self._peers.get(peer_id)
        if member is None:
            return []
        member.bars = bars
        return self._settle()

    def consult(self, stays: Iterable[str] | None) -> list[Effect]:
        """Begin a private consultation of those who stay, or end it by None.

        Those who stay have each other, everybody else has nobody, and nothing is recorded of anyone.
        """
        self._stays = None if stays is None else frozenset(stays)
        self._rosters = {}
        cut = self._settle()
        return [*cut, *(Tell(peer_id, self._consultation_message()) for peer_id in self.admitted_peer_ids)]

    def record(self, run: Run, recording_id: str, now: datetime) -> list[Effect]:
        """Start, pause, resume or stop; an order that does not fit is answered by the unchanged state."""
        if self.closed:
            return []
        if self._stays is None or run not in {Run.START, Run.RESUME}:
            self.recording = self.recording.ordered(run, recording_id, now)
        return self._recording_told(now) + self._settle()

    def recording_failed(self, reason: str, now: datetime) -> list[Effect]:
        """Tell everyone that the writer gave up; what was written stays."""
        if self.recording.state is not RecordingState.RECORDING:
            return []
        self.recording = self.recording.failed(now)
        return self._recording_told(now, reason) + self._settle()

    def close(self, reason: str) -> list[Effect]:
        """End the interview for everyone; the room takes nobody in afterwards."""
        self.closed = True
        effects: list[Effect] = []
        for member in self._members.values():
            told = Tell(member.peer_id, {"type": "ended", "reason": reason}) if member.peer_id else None
            effects += self._disconnect(member, told, reason)
        return effects

    def _disconnect(self, member: _Member, farewell: Tell | None, cause: str) -> list[Effect]:
        """End whatever the member's present peer takes part in."""
        peer_id = member.peer_id
        if peer_id is None:
            return []
        effects: list[Effect] = [] if farewell is None else [farewell]
        if member.part_peer is not None:
            member.part_peer = None
            effects.append(EndPart(member.participant_id))
        if member.connected:
            effects.append(self._announce("disconnected", member, peer_id))
        del self._peers[peer_id]
        member.peer_id, member.connected = None, False
        effects.append(Cut(peer_id, cause))
        return effects

    def _settle(self) -> list[Effect]:
        effects: list[Effect] = []
        for viewer in self._members.values():
            self._seat_others(viewer)
            effects += self._assignments(viewer)
        effects += self._parts()
        for is_cut in (False, True):
            roster = self._roster_message(is_cut=is_cut)
            if roster != self._rosters.get(is_cut):
                self._rosters[is_cut] = roster
                told = [(peer_id, member) for peer_id, member in self._peers.items() if member.admitted]
                effects += [
                    Tell(peer_id, roster) for peer_id, member in told if self._is_cut(member) is is_cut
                ]
        return effects

    def _seat_others(self, viewer: _Member) -> None:
        for other in self._members.values():
            is_apart = self._are_apart(viewer, other)
            if not other.sends or not viewer.admitted or is_apart:
                viewer.seating.free(other.participant_id)
            elif other is not viewer and viewer.is_in and viewer.rights.subscribe:
                viewer.seating.place(other.participant_id)

    def _is_cut(self, member: _Member) -> bool:
        """Whether a private consultation goes on without this participant."""
        return self._stays is not None and member.participant_id not in self._stays

    def _are_apart(self, viewer: _Member, other: _Member) -> bool:
        """Whether a private consultation keeps the two from each other."""
        return self._is_cut(viewer) or self._is_cut(other)

    def _assignments(self, viewer: _Member) -> list[Effect]:
        peer_id = viewer.peer_id
        if peer_id is None or not (viewer.connected or viewer.ordered):
            return []  # a fresh connection has no seats yet: those of the former are ordered once it is up
        effects: list[Effect] = []
        for seat, occupant in enumerate(viewer.seating.occupants):
            source = self._members[occupant] if occupant is not None else None
            kinds = source.kinds_for(viewer) if source is not None else ()
            wanted = (source.participant_id, source.peer_id, kinds) if source is not None else None
            ordered = viewer.ordered.get(seat)
            if ordered == wanted:
                continue
            if source is None or wanted is None:
                del viewer.ordered[seat]
                effects.append(Assign(peer_id, seat, None))
            else:
                viewer.ordered[seat] = wanted
                effects.append(Assign(peer_id, seat, source.peer_id, kinds))
            if ordered is None or wanted is None or ordered[:2] != wanted[:2]:
                effects.append(Tell(peer_id, {"type": "seat", "seat": seat, "participant": occupant}))
        return effects

    def _parts(self) -> list[Effect]:
        effects: list[Effect] = []
        running = self.recording.state is RecordingState.RECORDING and self._stays is None
        for member in self._members.values():
            kinds = member.rights.recorded_kinds
            wanted = member.peer_id if running and member.is_in and kinds else None
            if wanted == member.part_peer:
                continue
            if member.part_peer is not None:
                effects.append(EndPart(member.participant_id))
            if wanted is not None:
                effects.append(BeginPart(member.participant_id, wanted, self.recording.recording_id, kinds))
            member.part_peer = wanted
        return effects

    def _place_told(self, member: _Member) -> list[Effect]:
        """Tell a participant where they are: before the door, or inside and beside which consultation."""
        if member.peer_id is None:
            return []
        if not member.admitted:
            return [Tell(member.peer_id, {"type": "waiting"})]
        return [
            Tell(member.peer_id, {"type": "admitted"}),
            Tell(member.peer_id, self._consultation_message()),
        ]

    def _consultation_message(self) -> Json:
        return {"type": "consultation", "stays": None if self._stays is None else sorted(self._stays)}

    def _recording_told(self, now: datetime, reason: str | None = None) -> list[Effect]:
        state, elapsed_ms = self.recording.state.value, self.recording.elapsed_ms(now)
        message = {"type": "recording", "state": state, "elapsed_ms": elapsed_ms}
        event: Json = {
            "is": "recording",
            "room": self.room_id,
            "recording": self.recording.recording_id,
            "state": state,
            "at": now.isoformat(),
        }
        if reason is not None:
            event["reason"] = reason
        return [*(Tell(peer_id, message) for peer_id in self._peers), Announce(event)]

    def _welcome(self, member: _Member, now: datetime) -> Json:
        recording = {"state": self.recording.state.value, "since_ms": self.recording.elapsed_ms(now)}
        return {
            "type": "welcome",
            "participant": member.participant_id,
            "role": member.role.value,
            "recording": recording,
            "seats": self.seats,
            "rejoined": member.entries > 1,
        }

    def _roster_message(self, *, is_cut: bool) -> Json:
        """Say who is here; who is cut off does not learn when those inside turn their devices on or off."""

        def hides(member: _Member) -> bool:
            return is_cut and not self._is_cut(member)

        people = [
            {
                "participant": member.participant_id,
                "role": member.role.value,
                "present": member.peer_id is not None,
                "admitted": member.admitted,
                "audio": (member.audio or hides(member)) and member.rights.speak,
                "video": (member.video or hides(member)) and member.rights.be_seen,
                "line": None if hides(member) else member.bars,
            }
            for member in self._members.values()
            if not member.removed
        ]
        return {"type": "roster", "people": people}

    def _announce(self, what: str, member: _Member, peer_id: str) -> Announce:
        room, participant = self.room_id, member.participant_id
        return Announce({"is": what, "room": room, "participant": participant, "peer": peer_id})
