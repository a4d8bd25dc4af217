"""The post office: every letter by the carrier of its channel, and what follows a refusal."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Protocol

from sqlalchemy.orm import Session

from engine.bundles import LATE_ONES, Bundle
from engine.clock import Clock
from engine.db import Database
from engine.errors import DeliveryRefused
from housing.channels import REAL, SIMULATOR, Channels
from housing.delivery import devices
from housing.delivery.errors import AddressRefused, NoAddress
from housing.delivery.letters import Letter, write
from housing.delivery.mail import MailCarrier
from housing.delivery.push import PushCarrier
from housing.notices import mailbox
from housing.notices.kinds import PORTAL
from housing.notices.service import fall_back
from housing.notices.wording import spoken
from housing.people import queries as people
from housing.people import service as accounts
from housing.people.queries import AccountView

FindPath = Callable[[str], str]
"""Instance to the path on which its progress is seen without signing in; "" where there is none."""

FindStranger = Callable[[str], AccountView | None]
"""Recipient to somebody who has no account yet, with the address to write to; None when gone."""

STRANGER = "enrolment:"
"""How the recipient of such a message begins."""

FOLLOWERS = frozenset({"resident", "applicant"})
"""Whose mails carry that path: people with no other role."""

FOLLOW_WORDS: Mapping[str, str] = {
    "zh_Hant_TW": "免登入查詢案件進度（持此網址者皆可查看，請妥善保管）：",
    "en": "See how far the case is without signing in; keep this address to yourself:",
}


class Carrier(Protocol):
    """One way out of the house."""

    def send(self, letter: Letter) -> None:
        """Deliver a letter.

        Raises:
            DeliveryRefused: it is never to be tried again.
            DeliveryFailed: it may be tried again.
            OSError: the network failed; likewise.
        """
        ...


class Simulator:
    """Puts letters into the mailbox of the simulator instead of sending them.

    Args:
        database: where the mailbox is.
        clock: the business clock.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def send(self, letter: Letter) -> None:
        """Keep a letter, once for each Message-ID."""
        with self._database.unit_of_work() as session:
            mailbox.store(letter.post, session=session, now=self._clock.now())


class Portal:
    """Leaves a letter where it stands already: in the list of the reader's notices."""

    def send(self, letter: Letter) -> None:
        """Do nothing: the notice is in the portal since it was written."""


class PostOffice:
    """Delivers bundles; made once at start, so that a wrong setting shows then.

    Args:
        channels: what the installation decided.
        carriers: channel to its way out; a channel that is missing is switched off.
        database: where accounts and devices are.
        clock: the business clock.
        follow: finds the page of a case's progress.
        stranger: finds somebody without an account.
    """

    def __init__(  # noqa: PLR0913  # the wires of one part, each named
        self,
        channels: Channels,
        carriers: Mapping[str, Carrier],
        *,
        database: Database,
        clock: Clock,
        follow: FindPath,
        stranger: FindStranger,
    ) -> None:
        self._channels = channels
        self._carriers = carriers
        self._database = database
        self._clock = clock
        self._follow = follow
        self._stranger = stranger

    def deliver(self, bundle: Bundle) -> None:
        """Deliver a bundle; call it outside of any unit of work.

        One that is refused for good goes to the reader by another channel, if there is one.

        Raises:
            DeliveryRefused: it is never to be tried again.
            DeliveryFailed: it may be tried again.
            OSError: the network failed; likewise.
        """
        letter = self._to_follow(write(bundle, self._reader(bundle)))
        try:
            self._carrier(bundle.channel).send(letter)
        except DeliveryRefused as refusal:
            self._after_refusal(bundle, letter, refusal)
            raise

    def _to_follow(self, letter: Letter) -> Letter:
        """Add the page of the case's progress to a mail to a resident or applicant."""
        account = letter.account
        if letter.channel != "mail" or letter.instance_id is None or not account.roles:
            return letter
        path = self._follow(letter.instance_id) if account.roles <= FOLLOWERS else ""
        if not path:
            return letter
        return replace(
            letter, body=f"{letter.body}\n\n{spoken(FOLLOW_WORDS, account.language)}\n{path}"
        )

    def _reader(self, bundle: Bundle) -> AccountView:
        if bundle.recipient.startswith(STRANGER):
            someone = self._stranger(bundle.recipient)
            if someone is None:
                raise DeliveryRefused("nobody waits for this any more")
            return someone
        with self._database.reading() as session:
            found = people.accounts([bundle.recipient], session=session)
        if not found or found[0].state != "active":
            raise DeliveryRefused("the account is closed")
        return found[0]

    def _carrier(self, channel: str) -> Carrier:
        return self._carriers.get(channel) or _SwitchedOff()

    def _after_refusal(self, bundle: Bundle, letter: Letter, refusal: DeliveryRefused) -> None:
        with self._database.unit_of_work() as session:
            if isinstance(refusal, AddressRefused):
                note_bad_address(letter.account, refusal.reason, session=session)
            send_otherwise(bundle, self._channels, session=session, clock=self._clock)


class _SwitchedOff:
    def send(self, letter: Letter) -> None:
        raise NoAddress(f"{letter.channel} is switched off here")


def open_office(  # noqa: PLR0913  # the wires of one part, each named
    channels: Channels,
    *,
    base_url: str,
    database: Database,
    clock: Clock,
    system_clock: Clock,
    follow: FindPath,
    stranger: FindStranger,
) -> PostOffice:
    """Open the post office as the settings say.

    Args:
        channels: what the installation decided.
        base_url: of the pages.
        database: where accounts, devices and the mailbox are.
        clock: the business clock.
        system_clock: the real one; letters bear its date.
        follow: finds the page of a case's progress.
        stranger: finds somebody without an account.

    Raises:
        SettingsInvalid: the key for push messages can neither be read nor made.
    """
    carriers: dict[str, Carrier] = {PORTAL: Portal()}
    for channel, mode in channels.modes.items():
        if mode == SIMULATOR:
            carriers[channel] = Simulator(database, clock)
    if channels.modes["mail"] == REAL:
        carriers["mail"] = MailCarrier(channels.mail, base_url, system_clock)
    if channels.modes["push"] == REAL:
        carriers["push"] = PushCarrier(
            channels.push, contact=channels.mail.sender, database=database, clock=system_clock
        )
    return PostOffice(
        channels, carriers, database=database, clock=clock, follow=follow, stranger=stranger
    )


def note_bad_address(account: AccountView, reason: str, *, session: Session) -> None:
    """Mark the e-mail address of an account as failing."""
    if account.email is not None:
        accounts.note_email_problem(account.id, account.email, reason, session=session)


def send_otherwise(bundle: Bundle, channels: Channels, *, session: Session, clock: Clock) -> None:
    """Send the notices of a bundle that was refused by other channels; several stay together."""
    usable = reachable(bundle.recipient, channels, session=session) - {bundle.channel}
    grouping = LATE_ONES if len(bundle.messages) > 1 else None
    for message in bundle.messages:
        fall_back(message, usable, grouping=grouping, session=session, now=clock.now())


def reachable(account_id: str, channels: Channels, *, session: Session) -> frozenset[str]:
    """Tell by which channels a person can be reached now."""
    found = people.accounts([account_id], session=session)
    if not found:
        return frozenset()
    return frozenset(
        channel
        for channel in channels.usable
        if not channels.is_real(channel) or _has_address(found[0], channel, session)
    )


def _has_address(account: AccountView, channel: str, session: Session) -> bool:
    if channel == "mail":
        return account.email is not None and account.email_problem is None
    return channel == "push" and devices.has_device(account.id, session=session)
