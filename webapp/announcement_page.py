"""What the pages of announcements need: the draft and its preview, files, the poster, figures."""

import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid4

import flask
import segno
from flask_babel import force_locale
from flask_babel import gettext as _

from forms.schema import Form
from forms.viewing import FormView
from housing.announcements import drafts, queries, questions, service
from housing.announcements import figures as counted
from housing.announcements.drafts import Draft, Preview, is_office
from housing.announcements.figures import Figures
from housing.announcements.rules import (
    CATEGORIES,
    MANAGER_ROLES,
    OFFICE_ROLES,
    Block,
    Part,
    blocks,
)
from housing.announcements.views import AnnouncementView, ReaderItem
from housing.files.errors import FileNotFound
from housing.files.service import StoredFile, stored_files
from housing.letters import printing
from housing.notices.rules import chinese_instant
from webapp import current, figure_page, language, model_words
from webapp.figure_page import NOTHING, Choice, FigurePage, Group, Line
from webapp.filling import Filled
from webapp.labels import label

TOKEN_FIELD = "_token"  # noqa: S105  # the name of a field
CONFIRMED = "_confirmed"
POSTER = Path(printing.__file__).parent / "templates" / "poster.typ"
USUAL_DAYS = 30
PERIODS = (90, 365)
"""Days that figures look back, and how many more they may."""

_TOKEN = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, kw_only=True, slots=True)
class DraftPage:
    """The page on which an announcement is drafted.

    Attributes:
        shown: what readers would see, once the form has no mistakes; None before.
    """

    token: str
    context: Mapping[str, object]
    view: FormView | None = None
    draft: Draft | None = None
    preview: Preview | None = None

    @property
    def shown(self) -> tuple[Block, ...]:
        """Give the text as paragraphs and lists."""
        return blocks(self.draft.body) if self.draft else ()


def draft_page() -> DraftPage:
    """Begin a draft, or go on with the one that was posted."""
    token = flask.request.form.get(TOKEN_FIELD, "")
    with current.application().reading() as session:
        context = questions.opening(session=session, by=current.actor())
    return DraftPage(token=token if _TOKEN.fullmatch(token) else uuid4().hex, context=context)


def previewed(page: DraftPage, filled: Filled) -> DraftPage:
    """Check a draft against its author's rights and count whom it would reach.

    Raises:
        Invalid: with a sentence for the author.
    """
    application = current.application()
    draft, now = drafts.read(filled.values), application.clock.now()
    with application.reading() as session:
        drafts.ensure_allowed(draft, by=current.actor(), session=session, now=now)
        found = drafts.preview(draft, session=session, now=now)
    return DraftPage(
        token=page.token, context=page.context, view=filled.view, draft=draft, preview=found
    )


def is_confirmed(page: DraftPage) -> bool:
    """Tell whether the author saw this very number of receivers and sends it."""
    posted = flask.request.form.get(CONFIRMED)
    return page.preview is not None and posted == str(page.preview.receivers)


def send(page: DraftPage, filled: Filled) -> AnnouncementView:
    """Send a draft on its way; the same page sent again makes no second one."""
    application = current.application()
    with application.unit_of_work() as session:
        service.send_draft(
            page.token,
            filled.values,
            by=current.actor(),
            engine=application.engine,
            session=session,
            clock=application.clock,
        )
        return queries.by_token(session, page.token)


def reader_page(number: str) -> tuple[AnnouncementView, ReaderItem]:
    """Read an announcement for this request's person and note that he did.

    Raises:
        AnnouncementNotFound: there is none that is meant for him.
    """
    application, person = current.application(), current.account()
    with application.reading() as session:
        now = application.clock.now()
        view, item = queries.reader_item(session, number, person, now)
    if view.is_live and item.is_unread and not _is_fetched_in_advance():
        with application.unit_of_work() as session:
            service.mark_read(number, person.id, session=session, clock=application.clock)
    return view, item


def may_keep() -> bool:
    """Tell whether this request's person looks after announcements."""
    return bool(current.roles() & (OFFICE_ROLES | MANAGER_ROLES))


def file_of(view: AnnouncementView, file_id: str) -> StoredFile:
    """Find an attachment of an announcement.

    Raises:
        FileNotFound: it has none of this id.
    """
    with current.application().reading() as session:
        found = [each for each, _alt in view.attachments if each == file_id]
        files = stored_files(found, session=session)
    if not files:
        raise FileNotFound(file_id)
    return files[0]


def files_of(view: AnnouncementView) -> list[tuple[StoredFile, str]]:
    """List the attachments with the words for those who do not see them."""
    with current.application().reading() as session:
        files = {each.id: each for each in stored_files(_ids(view), session=session)}
    return [(files[file_id], alt) for file_id, alt in view.attachments if file_id in files]


def poster(view: AnnouncementView) -> bytes:
    """Print an announcement for the board of the building, with a QR code to its page.

    Raises:
        PrintingFailed: the printer refuses it.
    """
    url = address_of(view)
    code = io.BytesIO()
    segno.make(url, error="m").save(code, kind="svg", border=2)
    until = view.until_at or view.ends_at
    data = {
        "office": printing.OFFICE,
        "kind": _in_chinese(view.category),
        "is_urgent": view.category == "emergency",
        "title": view.title,
        "number": view.number,
        "where": view.community_name,
        "published": chinese_instant(view.published_at) if view.published_at else "",
        "until": chinese_instant(until) if until else "",
        "blocks": [
            {
                "kind": each.kind,
                "lines": [_plain(line) for line in each.lines],
            }
            for each in view.blocks
        ],
        "qr": code.getvalue().decode(),
        "qr_alt": f"QR Code：{url}",
        "url": url,
    }
    stamp = view.corrected_at or view.published_at or view.drafted_at
    return printing.print_layout(POSTER, data, stamp.replace(microsecond=0))


def _in_chinese(category: str) -> str:
    """Name a category as the rest of the poster speaks, whoever prints it."""
    with force_locale(language.DEFAULT):
        return str(label(category, "news_category"))


def _plain(line: tuple[Part, ...]) -> str:
    return "".join(each.text for each in line)


def address_of(view: AnnouncementView) -> str:
    """Give the whole address of an announcement: the public one if it is public."""
    page = "news.show" if view.is_public else "announcements.show"
    return current.application().settings.base_url + flask.url_for(page, number=view.number)


def figures() -> FigurePage:
    """Count the announcements of a period, of the communities this person may look at."""
    application, args = current.application(), flask.request.args
    now = application.clock.now()
    chosen = args.get("days", type=int)
    days = chosen if chosen in PERIODS else USUAL_DAYS
    with application.reading() as session:
        actor = current.actor()
        communities = None if is_office(actor) else queries.managed_communities(actor)
        found = counted.figures(session, now - timedelta(days=days), now, communities)
    choices = [Choice(code=str(each), words=_("%(count)d days", count=each)) for each in PERIODS]
    shown = str(days) if days in PERIODS else ""
    return FigurePage(chosen=shown, choices=choices, groups=_groups(found))


def _groups(found: Figures) -> list[Group]:
    reading = Group(
        key="reading",
        title=_("Readers"),
        lines=[
            figure_page.rate(_("Read within 24 hours"), *found.in_a_day),
            figure_page.rate(_("Read within 3 days"), *found.in_three_days),
            figure_page.rate(_("Acknowledged where it is asked for"), *found.acknowledged),
            figure_page.rate(_("Muted the category"), *found.muted),
        ],
        note=_("Counted over those who were told."),
    )
    sending = Group(
        key="sending",
        title=_("Sending"),
        lines=[
            _number(_("Emergency: minutes until 95% had it"), found.emergency_minutes),
            figure_page.rate(_("Managers' drafts returned"), *found.drafts_returned),
            _number(_("Push messages a reader and week"), found.pushes_a_week),
        ],
    )
    kinds = Group(
        key="kinds",
        title=_("Published by category"),
        lines=[
            figure_page.count(str(label(code, "news_category")), found.by_category.get(code, 0))
            for code in CATEGORIES
        ],
        has_chart=True,
    )
    return [reading, sending, kinds]


def _number(words: str, value: float | None) -> Line:
    return Line(words=words, value=value, said=NOTHING if value is None else f"{value:.1f}")


def draft_form() -> Form:
    """Read the definition of the form of a draft."""
    return model_words.form_in_service(service.DRAFT_FORM)


def _ids(view: AnnouncementView) -> list[str]:
    return [file_id for file_id, _alt in view.attachments]


def _is_fetched_in_advance() -> bool:
    return "prefetch" in flask.request.headers.get("Sec-Purpose", "")


def context_of(view: AnnouncementView) -> Mapping[str, object]:
    """Give what the forms of a correction and a withdrawal may name."""
    with current.application().reading() as session:
        return questions.context(view.number, session=session, now=now())


def now() -> datetime:
    """Tell where the clock of the business stands."""
    return current.application().clock.now()
