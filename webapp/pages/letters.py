"""Letters: the printed letter, and the proof that it was served."""

import flask
from flask import Blueprint
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from housing.letters import service
from housing.letters.errors import LetterNotFound
from housing.letters.printing import to_pdf
from housing.letters.rules import ENTERED_PROOFS
from webapp import case_letters, current, follow_page, letter_proof
from webapp.case_letters import LetterAccess
from webapp.letter_proof import Entry

pages = Blueprint("letters", __name__)

Answered = str | tuple[str, int] | Response


@pages.get("/letters/<int:letter_id>.pdf")
def show_pdf(letter_id: int) -> Response:
    """Send a letter as PDF; that its addressee opened it is written down once."""
    access, application = case_letters.find(letter_id), current.application()
    letter = access.letter
    follow = "" if letter.contractor_code else follow_page.address_for(letter.case_number)
    content = to_pdf(letter, application.settings.base_url, follow=follow)
    if access.is_addressee:
        with application.unit_of_work() as session:
            service.note_reading(
                letter_id, by=current.actor(), session=session, clock=application.clock
            )
    response = Response(content, mimetype="application/pdf")
    name = letter.number or _("draft")
    response.headers.set("Content-Disposition", "inline", filename=f"{name}.pdf")
    return response


@pages.route("/letters/<int:letter_id>/service", methods=["GET", "POST"])
def prove(letter_id: int) -> Answered:
    """Let an officer enter the receipt of a registered letter, or its deposit."""
    access = case_letters.find(letter_id)
    if not access.is_staff or access.letter.sent_at is None:
        raise LetterNotFound(str(letter_id))
    if flask.request.method == "GET":
        return _draw(access, Entry())
    entry = letter_proof.receive()
    errors = entry.errors or letter_proof.save(access.letter, entry)
    if errors:
        return _draw(access, entry, errors), 422
    flask.flash(_("The proof of service is entered; the period runs from that day."), "success")
    return flask.redirect(flask.url_for("cases.show", number=access.letter.case_number))


def _draw(access: LetterAccess, entry: Entry, errors: object = None) -> str:
    return flask.render_template(
        "letters/prove.html",
        letter=access.letter,
        entry=entry,
        errors=errors or {},
        kinds=ENTERED_PROOFS,
    )
