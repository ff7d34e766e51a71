"""What a rehearsal found, step by step: for machines as one JSON object, for people as a table."""

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

STEPS: Final = (
    "started",
    "booked",
    "confirmed",
    "joined",
    "relayed",
    "recorded",
    "minuted",
    "evidenced",
    "concluded",
    "downloaded",
    "opened",
    "verified",
)
NOT_RUN: Final = "not run"


@dataclass(frozen=True, slots=True)
class StepResult:
    """One step: whether it held, how long it took, and what it found in a few words."""

    name: str
    ok: bool
    seconds: float
    detail: str


@dataclass
class Report:
    """All steps so far; `kept` is the folder that holds the files, if they were to be kept."""

    steps: list[StepResult] = field(default_factory=list)
    kept: Path | None = None

    @property
    def ok(self) -> bool:
        """Whether every step was run and held."""
        return len(self.steps) == len(STEPS) and all(step.ok for step in self.steps)

    def whole(self) -> list[StepResult]:
        """Give all twelve steps, those after a failure as not run."""
        missing = STEPS[len(self.steps) :]
        return [*self.steps, *(StepResult(name, ok=False, seconds=0.0, detail=NOT_RUN) for name in missing)]

    def as_json(self) -> dict[str, Any]:
        """Give the object that `--json` prints."""
        steps = [asdict(step) | {"seconds": round(step.seconds, 2)} for step in self.whole()]
        return {"ok": self.ok, "steps": steps, "kept": str(self.kept) if self.kept else None}

    def as_table(self) -> str:
        """Give the lines for people: name, verdict, seconds, detail."""
        width = max(map(len, STEPS))
        lines = [
            f"{step.name:{width}}  {_verdict(step):7}  {step.seconds:6.2f} s  {step.detail}".rstrip()
            for step in self.whole()
        ]
        total = sum(step.seconds for step in self.steps)
        lines.append(f"{'':{width}}  {'ok' if self.ok else 'FAILED':7}  {total:6.2f} s")
        if self.kept:
            lines.append(f"kept in {self.kept}")
        return "\n".join(lines)


def _verdict(step: StepResult) -> str:
    if step.ok:
        return "ok"
    return "-" if step.detail == NOT_RUN else "FAILED"
