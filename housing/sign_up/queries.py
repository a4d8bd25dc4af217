"""Read who waits for a message without having an account yet."""

from sqlalchemy.orm import Session

from housing.delivery.office import STRANGER
from housing.people.queries import AccountView
from housing.sign_up import codes, drafts
from housing.sign_up.models import Enrolment, ProofCode
from housing.vault import Vault


def stranger(recipient: str, *, vault: Vault, session: Session) -> AccountView | None:
    """Find to whom a code goes: the recipient of its message names the code's row.

    Returns:
        Number or address and language; None when the code is no longer waited for.
    """
    code_id = recipient.removeprefix(STRANGER)
    code = session.get(ProofCode, int(code_id)) if code_id.isdigit() else None
    if code is None:
        return None
    row = session.get_one(Enrolment, code.enrolment_id)
    typed = drafts.read(row, vault=vault)
    return codes.stranger(row.language, email=typed.get("email"), mobile=typed.get("mobile"))


def message_of(enrolment_id: int, channel: str, *, session: Session) -> str:
    """Tell the Message-ID of the newest code; "" when none was sent."""
    code = codes.newest(enrolment_id, channel, session=session)
    return code.message_id if code is not None else ""
