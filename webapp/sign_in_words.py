"""Why somebody was not let in, or not believed: the same words on every way in."""

import math
from datetime import datetime, timedelta

from flask_babel import gettext as _
from flask_babel import ngettext

from housing.people.locks import Verdict
from housing.people.service import SignInOutcome
from webapp import current


def refusal(outcome: SignInOutcome | Verdict, wrong: str) -> str:
    """Say why nobody was let in.

    Args:
        outcome: that is not right.
        wrong: what to say when what was shown is wrong.
    """
    if outcome.locked_until is not None:
        return str(
            ngettext(
                "Too many failed attempts: this account is locked. Try again in %(num)d minute.",
                "Too many failed attempts: this account is locked. Try again in %(num)d minutes.",
                _minutes_until(outcome.locked_until),
            )
        )
    if outcome.kind == "too_many":
        return str(_("Too many failed attempts came from your network. Please wait 15 minutes."))
    if outcome.kind == "over":
        return str(_("The sign-in took too long. Please begin again."))
    return wrong


def _minutes_until(instant: datetime) -> int:
    """Count the minutes, rounded up, until a lock ends."""
    left = instant - current.application().system_clock.now()
    return max(1, math.ceil(left / timedelta(minutes=1)))
