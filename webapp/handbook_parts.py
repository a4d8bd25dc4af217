"""A handbook as parts to print, in the reader's language."""

from collections.abc import Iterable, Iterator

from flask_babel import gettext as _

from bpmn.handbook import Deadline, Decision, Handbook, Step
from housing.handbook_printing import Part
from webapp.handbook_words import hit_policy, kind, ladders, period, reminders
from webapp.model_words import say, say_with


def of_staff(book: Handbook) -> Iterator[Part]:
    """Print every chapter."""
    yield Part(heading=str(_("Purpose")), text=say(book.purpose))
    yield _pairs(str(_("How a case begins")), book.starts)
    yield _pairs(str(_("Roles")), ((role.name, role.text) for role in book.roles))
    if book.human:
        yield _steps(str(_("What people do")), book.human)
    yield _steps(str(_("What the system does")), book.automatic)
    yield from _deadlines(book)
    yield from (_decision(each) for each in book.decisions)
    yield from _letters(book)
    yield from _forms(book)
    if book.messages:
        yield _pairs(str(_("Messages")), ((each.name, each.text) for each in book.messages))
    yield _pairs(str(_("How a case ends")), ((end.name or end.id, end.text) for end in book.ends))


def of_public(book: Handbook) -> Iterator[Part]:
    """Print what residents read."""
    yield Part(heading=str(_("What it is for")), text=say(book.purpose))
    if book.milestones:
        yield Part(
            heading=str(_("What happens, one after the other")),
            columns=(str(_("Step")), str(_("Who"))),
            rows=tuple((say(stage), _listed(who)) for stage, who in book.milestones),
        )
    if book.deadlines:
        yield Part(
            heading=str(_("Deadlines and their law")),
            columns=(str(_("Deadline")), str(_("Period")), str(_("Law and source"))),
            rows=tuple(
                (say(each.name), period(each, is_public=True), say(each.basis))
                for each in book.deadlines
            ),
        )
    yield from _letters(book)


def _pairs(heading: str, pairs: Iterable[tuple[str, str]]) -> Part:
    rows = tuple((say(name), say(text)) for name, text in pairs)
    return Part(heading=heading, columns=(str(_("Name")), str(_("Meaning"))), rows=rows)


def _steps(heading: str, steps: Iterable[Step]) -> Part:
    return Part(
        heading=heading,
        columns=(str(_("Step")), str(_("Who")), str(_("What happens")), str(_("Form"))),
        rows=tuple(
            (say(step.name) or step.id, say(step.who), say(step.text), say(step.form))
            for step in steps
        ),
    )


def _deadlines(book: Handbook) -> Iterator[Part]:
    if not book.deadlines:
        return
    headings = (_("Deadline"), _("Period"), _("What it does"), _("Law and source"))
    yield Part(
        heading=str(_("Deadlines")),
        columns=tuple(str(each) for each in headings),
        rows=tuple(_deadline(each) for each in book.deadlines),
    )
    for name, rungs in ladders(book.deadlines):
        yield Part(heading=name, level=3, text="\n".join(rungs))


def _deadline(each: Deadline) -> tuple[str, ...]:
    stops = [str(_("stands still: %(reason)s", reason=say(reason))) for reason in each.pauses]
    then = [str(_("then: %(step)s", step=say(each.leads_to)))] if each.leads_to else []
    told = [reminders(each)] if each.ladder or each.rungs else []
    return (
        say(each.name) or each.id,
        "\n".join([period(each), *stops]),
        "\n".join([kind(each), *then, *told]),
        say(each.basis),
    )


def _decision(decision: Decision) -> Part:
    labels = (*(label for label, _text in decision.inputs), *decision.outputs)
    return Part(
        heading=str(_("Decision table %(name)s", name=say(decision.name))),
        text=f"{say(decision.text)}\n{hit_policy(decision.hit_policy)}",
        columns=(*map(say, labels), str(_("Reason and source"))),
        rows=tuple(
            tuple(map(say, (*rule.inputs, *rule.outputs, rule.note))) for rule in decision.rules
        ),
    )


def _letters(book: Handbook) -> Iterator[Part]:
    if book.letters:
        headings = (_("Letter"), _("When"), _("Legal basis"), _("Appeal"))
        yield Part(
            heading=str(_("Letters")),
            columns=tuple(str(each) for each in headings),
            rows=tuple(
                (
                    say_with(each.title, each.english),
                    _listed(each.sent_in),
                    say_with(each.legal_basis, each.english),
                    str(_("The letter tells how to appeal.")) if each.has_appeal else "",
                )
                for each in book.letters
            ),
        )


def _forms(book: Handbook) -> Iterator[Part]:
    if book.forms:
        yield Part(
            heading=str(_("Forms")),
            columns=(str(_("Form")), str(_("When")), str(_("What it asks"))),
            rows=tuple(
                (say(form.title), _listed(form.used_in), _listed(q.label for q in form.questions))
                for form in book.forms
            ),
        )


def _listed(names: Iterable[str]) -> str:
    return str(_(", ")).join(say(name) for name in names)
