"""What can go wrong with notes; a class's docstring is its message."""

from dataclasses import dataclass

from engine.errors import Conflict, Invalid, NotAllowed, NotFound


class NotesNotYours(NotAllowed):
    """The notes of this case are not for you."""


@dataclass(eq=False)
class NoteNotFound(NotFound):
    """There is no note %(note_id)d in this case."""

    note_id: int


class NoteEmpty(Invalid):
    """Write what you want to note."""


@dataclass(eq=False)
class NoteTooLong(Invalid):
    """A note has at most %(limit)d characters; this one has %(length)d."""

    length: int
    limit: int


@dataclass(eq=False)
class MentionRefused(Invalid):
    """You cannot mention “%(name)s”: nobody of this name may read the notes of this case."""

    name: str


class NoteOfSomebodyElse(NotAllowed):
    """Only its author may change a note; its author or a section chief may remove it."""


@dataclass(eq=False)
class NoteSettled(Conflict):
    """A note can be changed for %(minutes)d minutes; write another one, or remove it."""

    minutes: int


class NoteRemoved(Conflict):
    """This note has been removed."""
