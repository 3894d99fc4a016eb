"""How a run went: what became of each picture in → counts, speed and reasons, as text and as JSON."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field

__all__ = ["Report"]


@dataclass(slots=True)
class Report:
    """The sum of a run, filled in as it goes.

    Parameters
    ----------
    done, skipped : int
        Pictures that were done now, and those whose results were whole and current.
    failed : dict of str to str
        Each picture that failed → why.
    left : int
        Pictures that were not looked at.
    workers : dict of str to list of float
        On a cluster, each worker → the seconds that each of its pictures added to the time in which it was busy.
    begun : float
        When the run began, by the monotonic clock.

    Examples
    --------
    >>> report = Report(done=2, skipped=1, failed={"b.jpg": "b.jpg is cut."}, begun=0.0)
    >>> print(report.as_text(seconds=4.0))
    4 pictures: 2 done, 1 skipped, 1 failed, in 4.0 s (0.5 a second).
      b.jpg: b.jpg is cut.
    """

    done: int = 0
    skipped: int = 0
    failed: dict[str, str] = field(default_factory=dict)
    left: int = 0
    workers: dict[str, list[float]] = field(default_factory=dict)
    begun: float = field(default_factory=time.monotonic)

    @property
    def total(self) -> int:
        """How many pictures there were."""
        return self.done + self.skipped + len(self.failed) + self.left

    def count_worker(self, name: str, seconds: float) -> None:
        """Note a picture that a worker did, and the seconds that it kept the worker busier."""
        self.workers.setdefault(name, []).append(seconds)

    def as_text(self, *, seconds: float | None = None) -> str:
        """Return the report for people; failures are listed."""
        took = self._seconds(seconds)
        counts = [f"{self.done} done", f"{self.skipped} skipped", f"{len(self.failed)} failed"]
        counts += [f"{self.left} not looked at"] if self.left else []
        speed = f" ({self.done / took:.1f} a second)" if self.done and took > 0 else ""
        noun = "picture" if self.total == 1 else "pictures"
        head = f"{self.total} {noun}: {', '.join(counts)}, in {took:.1f} s{speed}."
        lines = [head, *(f"  {name}: {why}" for name, why in self.failed.items())]
        lines += [
            f"  worker {row['worker']}: {row['pictures']} pictures, {row['a_second']} a second, "
            f"busy {row['busy']:.0%}"
            for row in self._worker_rows(took)
        ]
        if self.workers:
            count = len(self.workers)
            lines.append(f"  all {count}: {self._speedup(took):.1f} times as fast as one of them")
        return "\n".join(lines)

    def _speedup(self, took: float) -> float:
        """Return how many times as fast the workers were as one of them would have been at their own speeds."""
        return sum(sum(times) for times in self.workers.values()) / max(took, 1e-9)

    def _worker_rows(self, took: float) -> list[dict[str, object]]:
        """Return what each worker did: its own speed while busy, and the share of the run that it was."""
        return [
            {
                "worker": name,
                "pictures": len(times),
                "a_second": round(len(times) / max(sum(times), 1e-9), 3),
                "busy": round(min(1.0, sum(times) / max(took, 1e-9)), 3),
            }
            for name, times in sorted(self.workers.items())
        ]

    def as_json(self, *, seconds: float | None = None) -> str:
        """Return the report for programs."""
        took = self._seconds(seconds)
        told: dict[str, object] = {
            "pictures": self.total,
            "done": self.done,
            "skipped": self.skipped,
            "failed": [{"file": name, "error": why} for name, why in self.failed.items()],
            "left": self.left,
            "seconds": round(took, 3),
            "done_a_second": round(self.done / took, 3) if took > 0 else 0.0,
        }
        if self.workers:
            told["workers"] = self._worker_rows(took)
            told["speedup"] = round(self._speedup(took), 2)
        return json.dumps(told, indent=2) + "\n"

    def _seconds(self, seconds: float | None) -> float:
        return time.monotonic() - self.begun if seconds is None else seconds
