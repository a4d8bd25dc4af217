"""What really happened outside the database, as lines of a file that survive a kill."""

import os
from collections import Counter
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Ledger:
    """A file that any number of processes append lines to; a line is there whole or not at all.

    Attributes:
        path: of the file.
    """

    path: Path

    def note(self, kind: str, what: str) -> None:
        """Append one line, with one system call."""
        line = f"{kind} {what}\n".encode()
        file = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(file, line)
        finally:
            os.close(file)

    def count(self, kind: str) -> Counter[str]:
        """Count what was noted of a kind."""
        if not self.path.exists():
            return Counter()
        lines = (line.partition(" ") for line in self.path.read_text("utf-8").splitlines())
        return Counter(what for noted, _, what in lines if noted == kind)
