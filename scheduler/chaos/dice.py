"""Chance that can be repeated: every throw follows from a seed that is printed."""

from collections.abc import Sequence
from hashlib import sha256
from typing import TypeVar

Face = TypeVar("Face")


class Dice:
    """Dice whose throws are all determined by their seed.

    Args:
        seed: any text; the same seed gives the same throws.
    """

    def __init__(self, seed: str) -> None:
        self.seed = seed
        self._thrown = 0

    def share(self) -> float:
        """Throw a number from 0 up to, not including, 1."""
        self._thrown += 1
        digest = sha256(f"{self.seed}:{self._thrown}".encode()).digest()
        return int.from_bytes(digest[:6]) / 2**48

    def between(self, low: float, high: float) -> float:
        """Throw a number between two."""
        return low + (high - low) * self.share()

    def one_of(self, faces: Sequence[Face]) -> Face:
        """Choose one of several."""
        return faces[int(self.share() * len(faces))]

    def child(self, name: str) -> "Dice":
        """Make other dice, which do not depend on how often these were thrown."""
        return Dice(f"{self.seed}/{name}")
