"""What can go wrong with notices."""

from dataclasses import dataclass

from engine.errors import EngineError


@dataclass(eq=False)
class NoticeUnknown(EngineError):
    """There are no words for a notice of the kind %(kind)s."""

    kind: str
