"""Read models of announcements."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from housing.announcements.models import Announcement
from housing.announcements.rules import LIVE, Block, Scope, blocks, translated


@dataclass(frozen=True, kw_only=True, slots=True)
class AnnouncementView:
    """An announcement as it stands now.

    Attributes:
        community_name: "" for the whole city and for roles.
        translations: language to {title, body}.
        attachments: pairs of file id and the words for those who do not see it.
    """

    id: int
    number: str
    instance_id: str | None
    state: str
    version: int
    author_id: str
    author_name: str
    is_office: bool
    title: str
    body: str
    easy_body: str
    category: str
    scope: Scope
    community_name: str
    must_acknowledge: bool
    is_public: bool
    translations: Mapping[str, Mapping[str, str]]
    attachments: tuple[tuple[str, str], ...]
    incident: str
    from_at: datetime | None
    until_at: datetime | None
    ends_at: datetime | None
    drafted_at: datetime
    approved_at: datetime | None
    approved_by: str
    published_at: datetime | None
    corrected_at: datetime | None
    ended_at: datetime | None
    end_reason: str
    end_text: str
    return_reason: str
    returned_count: int
    receivers: int

    @property
    def is_live(self) -> bool:
        """Tell whether it is in force."""
        return self.state in LIVE

    @property
    def blocks(self) -> tuple[Block, ...]:
        """Give the Chinese text as paragraphs and lists."""
        return blocks(self.body)

    @property
    def easy_blocks(self) -> tuple[Block, ...]:
        """Give the easy text as paragraphs and lists; none without one."""
        return blocks(self.easy_body) if self.easy_body else ()

    def in_language(self, language: str) -> tuple[str, tuple[Block, ...]]:
        """Give title and text in a language; in Chinese where it was not translated."""
        title, body = translated(self.translations, language, self.title, self.body)
        return title, blocks(body)


@dataclass(frozen=True, kw_only=True, slots=True)
class ReaderItem:
    """An announcement as one reader sees it in a list.

    Attributes:
        is_unread: he has not opened the text that counts now.
        must_act: he has to acknowledge it and has not.
    """

    number: str
    title: str
    excerpt: str
    category: str
    state: str
    published_at: datetime
    ends_at: datetime | None
    is_unread: bool
    must_act: bool
    is_acknowledged: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class ReceiptView:
    """One reader of one announcement, for the office.

    Attributes:
        state: a code of `rules.DELIVERY_STATES`.
        home: code of the home, or "".
    """

    account_id: int
    name: str
    home: str
    state: str
    read_at: datetime | None
    acknowledged_at: datetime | None
    reminded_at: datetime | None
    is_on_paper: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Reach:
    """How far an announcement came, counted over those who were told.

    Attributes:
        states: delivery state to count.
        in_a_day, in_three_days: readers within 24 hours and 3 days, per cent; None of nobody.
        minutes_to_most: minutes until 95 % had it on a device or in the mail; None before that.
    """

    told: int
    states: Mapping[str, int]
    in_a_day: int | None
    in_three_days: int | None
    acknowledged: int | None
    minutes_to_most: float | None


@dataclass(frozen=True, kw_only=True, slots=True)
class PaperHome:
    """A home that must be told on paper.

    Attributes:
        names: of the accounts in it; none where nobody has an account.
        accounts: id and name of those who can be noted as told on paper.
    """

    unit: str
    names: tuple[str, ...]
    accounts: tuple[tuple[int, str], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class VersionView:
    """A text that was replaced."""

    version: int
    title: str
    body: str
    replaced_at: datetime
    replaced_by: str
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Listed:
    """One page of announcements, and how many there are in all."""

    rows: tuple[AnnouncementView, ...]
    total: int


def view_of(row: Announcement, community_name: str) -> AnnouncementView:
    """Make the read model of a row."""
    return AnnouncementView(
        id=row.id,
        number=row.number,
        instance_id=row.instance_id,
        state=row.state,
        version=row.version,
        author_id=row.author_id,
        author_name=row.author_name,
        is_office=row.is_office,
        title=row.title,
        body=row.body,
        easy_body=row.easy_body,
        category=row.category,
        scope=Scope(
            kind=row.scope_kind,
            community=row.community or "",
            building=row.building,
            floor=row.floor,
            units=tuple(row.units),
            role=row.role,
        ),
        community_name=community_name,
        must_acknowledge=row.must_acknowledge,
        is_public=row.is_public,
        translations=row.translations,
        attachments=tuple((str(each["file_id"]), str(each["alt"])) for each in row.attachments),
        incident=row.incident,
        from_at=row.from_at,
        until_at=row.until_at,
        ends_at=row.ends_at,
        drafted_at=row.drafted_at,
        approved_at=row.approved_at,
        approved_by=row.approved_by,
        published_at=row.published_at,
        corrected_at=row.corrected_at,
        ended_at=row.ended_at,
        end_reason=row.end_reason,
        end_text=row.end_text,
        return_reason=row.return_reason,
        returned_count=row.returned_count,
        receivers=row.receivers,
    )
