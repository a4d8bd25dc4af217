"""A person as officers need him: contact, leases, letters, and who read his national id."""

import flask
from flask import Blueprint
from werkzeug.wrappers import Response

from housing.persons.errors import PurposeMissing
from webapp import errors, person_page

pages = Blueprint("persons", __name__)

Answered = str | tuple[str, int] | Response


@pages.get("/persons/<int:person_id>")
def show(person_id: int) -> str:
    """Show a person; the national id is masked."""
    return flask.render_template("persons/show.html", page=person_page.read(person_id))


@pages.post("/persons/<int:person_id>/national-id")
def reveal(person_id: int) -> Answered:
    """Show the national id once; who, when and why is written down first."""
    purpose = flask.request.form.get("purpose", "")
    person_page.read(person_id)  # whose business is it?
    try:
        number = person_page.reveal(person_id, purpose)
    except PurposeMissing as error:
        words = {"purpose": purpose, "problem": errors.sentence(error)}
        page = person_page.read(person_id)
        return flask.render_template("persons/show.html", page=page, **words), 422
    page = person_page.read(person_id)  # its log holds this reading now
    return flask.render_template("persons/show.html", page=page, number=number)
