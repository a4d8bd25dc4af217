"""The tables that cases are searched by."""

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from housing.orm import Base

Word = String(24).with_variant(String(24, collation="C"), "postgresql")
"""Sorted by code points on both databases, so that the beginning of a word is a range."""


class CaseText(Base):
    """What a case is found by, as lists of tasks show it: no ID numbers, no phone numbers.

    Attributes:
        open_text: for everybody who has a task of the case: number, home, place, matter.
        guarded_text: for the readers of the case: the person's name.
        guard: who those readers are, `rules.guard_of`.
    """

    __tablename__ = "case_text"

    instance_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    open_text: Mapped[str] = mapped_column(Text)
    guarded_text: Mapped[str] = mapped_column(Text)
    guard: Mapped[str] = mapped_column(String(160))


class CaseWord(Base):
    """A word of a case's text, so that a search is a look into an index; see `words`.

    Attributes:
        guard: "" for everybody, or as in CaseText.
    """

    __tablename__ = "case_word"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012  # SQLAlchemy reads a plain dict

    word: Mapped[str] = mapped_column(Word, primary_key=True)
    instance_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    guard: Mapped[str] = mapped_column(String(160), primary_key=True)
