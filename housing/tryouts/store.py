"""Where trials lie: one folder a person and draft, under the application's own folder.

A folder holds the draft's files as they were taken, a copy of the sandbox's database after each
of the newest steps, and `trial.json`, which says what was done. Everything is on disk, so a trial
outlives a restart of the server, and any web process can go on with it.
"""

import fcntl
import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from housing.settings import TRYOUTS
from housing.tryouts.errors import TryoutNotFound

KEPT = timedelta(days=1)
"""How long an unused trial is kept."""

MOST_TRIALS = 20
"""Trials that are kept at a time; the one unused for longest makes room."""

RECORD, FILES = "trial.json", "draft"


@dataclass(kw_only=True, slots=True)
class Step:
    """A step that was done.

    Attributes:
        when: the act, as in the file of a scenario.
        then: what was true afterwards, likewise.
        at: where the clock stood afterwards, ISO.
        cases: ids of the instances begun so far.
        flows, ends: walked and reached so far.
        is_scripted: whether it was the next act of the scenario that the trial follows.
    """

    when: Mapping[str, Any]
    then: Mapping[str, Any]
    at: str
    cases: list[str]
    flows: list[str]
    ends: list[str]
    is_scripted: bool = False

    @property
    def is_refused(self) -> bool:
        """Tell whether the act was refused, and that was kept as a step."""
        return "refused" in self.then


@dataclass(kw_only=True, slots=True)
class Trial:
    """What is written down about a trial.

    Attributes:
        content_hash: of the draft's files as they were taken, without its scenarios.
        given: now and also, as in the file of a scenario.
        example: id of the scenario whose acts are proposed, or "".
        script: the acts of that scenario that are still to come.
        used_at: of the machine's clock, ISO.
    """

    draft_id: str
    account_id: str
    package: str
    process: str
    content_hash: str
    given: Mapping[str, Any]
    example: str
    used_at: str
    script: list[Mapping[str, Any]] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """The folder of one person's trial of one draft."""

    root: Path
    folder: Path

    @classmethod
    def of(cls, var: Path, draft_id: str, account_id: str) -> "Place":
        """Name the place; it need not be there."""
        root = var / TRYOUTS
        name = sha256(f"{draft_id} {account_id}".encode()).hexdigest()[:32]
        return cls(root=root, folder=root / name)

    def exists(self) -> bool:
        """Tell whether there is a trial."""
        return (self.folder / RECORD).is_file()

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Let one page of one process at a time work on the trial; others wait for it.

        A step is bounded by the jobs that it may fire and by the budgets of the engine and of
        FEEL, so nobody waits for long.
        """
        self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self.folder.with_suffix(".lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def read(self) -> Trial:
        """Read what is written down.

        Raises:
            TryoutNotFound: there is no trial, or not any more.
        """
        try:
            raw = json.loads((self.folder / RECORD).read_text("utf-8"))
        except FileNotFoundError as error:
            raise TryoutNotFound from error
        return Trial(**{**raw, "steps": [Step(**each) for each in raw["steps"]]})

    def write(self, trial: Trial) -> None:
        """Write down a trial, whole or not at all."""
        new = self.folder / f"{RECORD}.new"
        new.write_text(json.dumps(asdict(trial), ensure_ascii=False), "utf-8")
        new.replace(self.folder / RECORD)

    def prepare(self, files: Mapping[str, bytes]) -> None:
        """Make an empty folder and keep the draft's files in it."""
        self.clear()
        self.folder.mkdir(mode=0o700)
        names = {f"{number:03}": name for number, name in enumerate(sorted(files))}
        (self.folder / FILES).mkdir()
        (self.folder / f"{FILES}.json").write_text(json.dumps(names), "utf-8")
        for number, name in names.items():
            (self.folder / FILES / number).write_bytes(files[name])

    def files(self) -> dict[str, bytes]:
        """Read the draft's files as they were taken."""
        names = json.loads((self.folder / f"{FILES}.json").read_text("utf-8"))
        return {name: (self.folder / FILES / number).read_bytes() for number, name in names.items()}

    def database(self, step: int) -> Path:
        """Name the copy of the database after so many steps."""
        return self.folder / f"step-{step:03}.db"

    def drop_database(self, step: int) -> None:
        """Remove a copy and what SQLite keeps beside it."""
        for each in self.folder.glob(f"step-{step:03}.db*"):
            each.unlink()

    def staged(self) -> "Place":
        """Name a folder beside it in which a trial is made ready."""
        return Place(root=self.root, folder=self.folder.with_suffix(".new"))

    def take_over(self, ready: "Place") -> None:
        """Take a trial that was made ready, in place of a former one."""
        self.clear()
        ready.folder.rename(self.folder)

    def clear(self) -> None:
        """Throw the trial away."""
        shutil.rmtree(self.folder, ignore_errors=True)


def purge(var: Path, now: datetime) -> int:
    """Throw away trials that nobody used for a day, and the oldest when there are too many.

    Args:
        var: the application's folder.
        now: of the machine's clock.

    Returns:
        How many were thrown away.
    """
    root = var / TRYOUTS
    found = sorted(
        ((_used_at(each), each) for each in root.glob("*/") if each.is_dir()), reverse=True
    )
    kept = [each for used_at, each in found if used_at > (now - KEPT).isoformat()]
    gone = [each for _, each in found if each not in kept[:MOST_TRIALS]]
    for each in gone:
        shutil.rmtree(each, ignore_errors=True)
        each.with_suffix(".lock").unlink(missing_ok=True)
    return len(gone)


def _used_at(folder: Path) -> str:
    try:
        return str(json.loads((folder / RECORD).read_text("utf-8"))["used_at"])
    except (FileNotFoundError, ValueError, KeyError):  # one that is being made ready
        return datetime.fromtimestamp(folder.stat().st_mtime, UTC).isoformat()
