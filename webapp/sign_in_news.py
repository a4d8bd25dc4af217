"""What the owner of an account is told when the ways into it change, whoever changed them."""

from engine.db import UnitOfWork
from housing.notices.service import tell_account
from housing.people import queries
from webapp import current

KIND = "sign_in_changed"


def tell_owner(account_id: int, session: UnitOfWork) -> None:
    """Write a mail to the owner: a stranger at his account cannot change it unseen."""
    application = current.application()
    owner = queries.account(account_id, session=session)
    tell_account(
        owner,
        KIND,
        {"what": owner.login, "until": application.system_clock.now()},
        "/account",
        channel="mail",
        session=session,
        clock=application.clock,
    )
