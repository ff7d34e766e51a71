"""Performs what rooms decide: carries messages, connects seats, runs parts and tells the web process."""

import asyncio
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import singledispatchmethod
from time import monotonic

import structlog

from webrtc.continuity import WINDOW_SECONDS, Continuity
from webrtc.effect import Announce, Assign, BeginPart, Cut, Effect, EndPart, Tell
from webrtc.errors import CommandRefused, MessageRefused, OfferRefused
from webrtc.message import (
    LeaveMessage,
    MediaMessage,
    MissingMessage,
    OfferMessage,
    QualityMessage,
    ReceiveMessage,
    parse_message,
)
from webrtc.peer import Peer, Turn
from webrtc.ports import Clock, Json, Recorder
from webrtc.recording_state import Run
from webrtc.role import ParticipantRole
from webrtc.room import Room
from webrtc.tape import Tape

PART_ID_BYTES = 13

_log = structlog.get_logger()
PeerFactory = Callable[[str, Callable[[str, Turn], None]], Peer]


@dataclass(slots=True)
class _Stage:
    """A room with the peers, tapes and finishing parts that belong to it."""

    room: Room
    tapes: dict[str, Tape] = field(default_factory=dict)
    finishing: set[asyncio.Task[None]] = field(default_factory=set)
    continuity: Continuity = field(default_factory=Continuity)


class Switchboard:
    """All rooms of a node; `new_peer` makes a connection, `emit` reports an event to the web process."""

    __slots__ = ("_clock", "_emit", "_new_peer", "_peers", "_recorder", "_seats", "_stage_of", "_stages")

    def __init__(
        self,
        *,
        recorder: Recorder,
        clock: Clock,
        emit: Callable[[Json], None],
        new_peer: PeerFactory,
        seats: int,
    ) -> None:
        self._recorder = recorder
        self._clock = clock
        self._emit = emit
        self._new_peer = new_peer
        self._seats = seats
        self._stages: dict[str, _Stage] = {}
        self._peers: dict[str, Peer] = {}
        self._stage_of: dict[str, _Stage] = {}

    @property
    def figures(self) -> Json:
        """How much is going on."""
        parts = sum(len(stage.tapes) for stage in self._stages.values())
        return {"rooms": len(self._stages), "peers": len(self._peers), "parts": parts}

    def peer(self, peer_id: str) -> Peer | None:
        """Return a connection, for measurements and tests."""
        return self._peers.get(peer_id)

    def open(self, room_id: str) -> None:
        """Open a room; an open one stays as it is."""
        if room_id not in self._stages:
            self._stages[room_id] = _Stage(Room(room_id, seats=self._seats))

    def enter(
        self,
        room_id: str,
        peer_id: str,
        participant_id: str,
        role: ParticipantRole,
        *,
        admitted: bool,
        recorded: bool = True,
    ) -> None:
        """Take in a new connection."""
        stage = self._stage(room_id)
        if peer_id in self._peers:
            raise CommandRefused(f"peer {peer_id} has entered before")
        self._peers[peer_id] = self._new_peer(peer_id, self._turned)
        self._stage_of[peer_id] = stage
        self._perform(
            stage,
            stage.room.enter(
                peer_id, participant_id, role, admitted=admitted, now=self._clock(), recorded=recorded
            ),
        )

    def say(self, peer_id: str, raw: object) -> None:
        """Follow a browser's message; a wrong one is refused with its code and the connection stays."""
        stage, peer = self._stage_of.get(peer_id), self._peers.get(peer_id)
        if stage is None or peer is None:
            return  # it left while the message was on its way
        try:
            message = parse_message(raw)
            match message:
                case OfferMessage():
                    self._tell(peer_id, {"type": "answer", "sdp": peer.answer(message.sdp)})
                    effects = stage.room.seats_offered(peer_id, peer.seats)
                case MediaMessage():
                    effects = stage.room.media(peer_id, audio=message.audio, video=message.video)
                case ReceiveMessage():
                    effects = stage.room.receive(peer_id, video=message.video)
                case QualityMessage():
                    effects = [] if message.bars is None else stage.room.judged(peer_id, message.bars)
                case MissingMessage():
                    self._tell(peer_id, {"type": "missing", "packets": peer.downlink.missing})
                    return
                case LeaveMessage():
                    effects = stage.room.exit(peer_id)
        except (MessageRefused, OfferRefused) as error:
            _log.info("> refused", peer=peer_id, code=error.code)
            self._tell(peer_id, {"type": "refused", "code": error.code})
            return
        self._perform(stage, effects)

    def exit(self, peer_id: str) -> None:
        """Let a connection go whose browser is gone."""
        stage = self._stage_of.get(peer_id)
        if stage is not None:
            self._perform(stage, stage.room.exit(peer_id, "line_closed"))

    def admit(self, room_id: str, participant_id: str) -> None:
        """Let a participant in."""
        stage = self._stage(room_id)
        self._perform(stage, stage.room.admit(participant_id))

    def remove(self, room_id: str, participant_id: str) -> None:
        """Put a participant out."""
        stage = self._stage(room_id)
        self._perform(stage, stage.room.remove(participant_id))

    def consult(self, room_id: str, stays: Iterable[str] | None) -> None:
        """Begin a private consultation of those who stay, or end it by None."""
        stage = self._stage(room_id)
        self._perform(stage, stage.room.consult(stays))

    def record(self, room_id: str, run: Run, recording_id: str) -> None:
        """Start, pause, resume or stop the recording."""
        stage = self._stage(room_id)
        self._perform(stage, stage.room.record(run, recording_id, self._clock()))

    def tell(self, room_id: str, message: Json) -> None:
        """Pass a message to every admitted peer."""
        for peer_id in self._stage(room_id).room.admitted_peer_ids:
            self._tell(peer_id, message)

    def close(self, room_id: str, reason: str) -> None:
        """End an interview; `closed` is reported once all its parts are finished."""
        stage = self._stages.get(room_id)
        if stage is None:
            self._emit({"is": "closed", "room": room_id})
        elif not stage.room.closed:
            self._tell_continuity(stage)
            self._perform(stage, stage.room.close(reason))
            task = asyncio.get_running_loop().create_task(self._finish_room(room_id, stage))
            stage.finishing.add(task)

    async def close_all(self, reason: str) -> None:
        """Close every room and wait until all parts are finished."""
        for room_id in list(self._stages):
            self.close(room_id, reason)
        tasks = [task for stage in self._stages.values() for task in stage.finishing]
        await asyncio.gather(*tasks)

    def tick(self, now: float) -> None:
        """Do what is due every 50 ms."""
        self._each(lambda peer: peer.tick(now))

    def report(self, now: float) -> None:
        """Do what is due every second."""
        self._each(lambda peer: peer.report(now))
        for stage in self._stages.values():
            present = stage.room.present
            stage.continuity.look((who, self._peers[peer_id], is_up) for who, peer_id, is_up in present)
            if stage.continuity.seconds >= WINDOW_SECONDS:
                self._tell_continuity(stage)

    def watch_recorders(self) -> None:
        """Look whether a writer gave up; then the recording has failed for everyone in the room."""
        for stage in list(self._stages.values()):
            reasons = [reason for tape in stage.tapes.values() if (reason := tape.sink.failed()) is not None]
            if reasons:
                self._fail_recording(stage, reasons[0])

    def _stage(self, room_id: str) -> _Stage:
        stage = self._stages.get(room_id)
        if stage is None:
            raise CommandRefused(f"room {room_id} is not open")
        return stage

    def _each(self, act: Callable[[Peer], None]) -> None:
        for peer in list(self._peers.values()):
            try:
                act(peer)
            except Exception:  # noqa: BLE001  one peer's trouble must not stop everybody's clock
                _log.exception("x tick", peer=peer.peer_id)

    def _tell_continuity(self, stage: _Stage) -> None:
        seconds, people = stage.continuity.turn_over()
        if people:
            at = self._clock().isoformat()
            event = {"is": "continuity", "room": stage.room.room_id, "at": at, "seconds": seconds}
            self._emit({**event, "people": people})

    def _tell(self, peer_id: str, message: Json) -> None:
        self._emit({"is": "say", "peer": peer_id, "message": message})

    def _turned(self, peer_id: str, turn: Turn) -> None:
        stage = self._stage_of.get(peer_id)
        if stage is None:
            return
        peer = self._peers.get(peer_id)
        cause = {"cause": peer.cause} if peer is not None and turn != "connected" else {}
        _log.info("- media", room=stage.room.room_id, peer=peer_id, turn=turn, **cause)
        if turn == "failed":
            self._tell(peer_id, {"type": "refused", "code": "handshake_failed"})
        elif turn == "connected":
            self._perform(stage, stage.room.connected(peer_id))
        else:
            self._perform(stage, stage.room.disconnected(peer_id))

    def _perform(self, stage: _Stage, effects: list[Effect]) -> None:
        for effect in effects:
            self._do(effect, stage)

    @singledispatchmethod
    def _do(self, effect: Effect, stage: _Stage) -> None:
        raise TypeError(effect, stage)

    @_do.register
    def _(self, effect: Tell, stage: _Stage) -> None:  # noqa: ARG002  the shape of every effect
        self._tell(effect.peer_id, effect.message)

    @_do.register
    def _(self, effect: Announce, stage: _Stage) -> None:  # noqa: ARG002  the shape of every effect
        self._emit(effect.event)

    @_do.register
    def _(self, effect: Assign, stage: _Stage) -> None:  # noqa: ARG002  the shape of every effect
        viewer = self._peers.get(effect.peer_id)
        if viewer is not None:
            source = self._peers.get(effect.source) if effect.source is not None else None
            viewer.assign(effect.seat, source, effect.kinds)

    @_do.register
    def _(self, effect: Cut, stage: _Stage) -> None:
        _log.info("- cut", room=stage.room.room_id, peer=effect.peer_id, cause=effect.cause)
        self._stage_of.pop(effect.peer_id, None)
        peer = self._peers.pop(effect.peer_id, None)
        if peer is not None:
            peer.close()

    @_do.register
    def _(self, effect: BeginPart, stage: _Stage) -> None:
        peer = self._peers.get(effect.peer_id)
        if peer is None or peer.uplink is None:
            return
        part_id = secrets.token_hex(PART_ID_BYTES)
        origin = monotonic()
        try:
            sink = self._recorder.begin(stage.room.room_id, part_id, kinds=effect.kinds)
        except OSError as error:
            _log.error("x recorder", room=stage.room.room_id, error=str(error))
            asyncio.get_running_loop().call_soon(self._fail_recording, stage, "the part cannot be opened")
            return
        tape = Tape(part_id, effect.participant_id, effect.recording_id, sink, begun_at=self._clock())
        stage.tapes[effect.participant_id] = tape
        peer.uplink.on_report = tape.reported
        for kind in effect.kinds:
            tape.take(peer.uplink.track(kind), origin)
        self._emit(tape.started_event(stage.room.room_id))

    @_do.register
    def _(self, effect: EndPart, stage: _Stage) -> None:
        tape = stage.tapes.pop(effect.participant_id, None)
        if tape is None:
            return
        tape.detach()
        task = asyncio.get_running_loop().create_task(self._finish_part(tape, stage.room.room_id))
        stage.finishing.add(task)
        task.add_done_callback(stage.finishing.discard)

    def _fail_recording(self, stage: _Stage, reason: str) -> None:
        self._perform(stage, stage.room.recording_failed(reason, self._clock()))

    async def _finish_part(self, tape: Tape, room_id: str) -> None:
        ended_at = self._clock()
        try:
            facts = await tape.sink.finish()
        except Exception:  # noqa: BLE001
            # The other parts of the room must still be finished; what is durable of this one can be salvaged.
            _log.exception("x part", room=room_id, part=tape.part_id)
            return
        self._emit(tape.finished_event(room_id, facts, ended_at))

    async def _finish_room(self, room_id: str, stage: _Stage) -> None:
        current = asyncio.current_task()
        await asyncio.gather(*(task for task in stage.finishing if task is not current))
        self._stages.pop(room_id, None)
        self._emit({"is": "closed", "room": room_id})
