"""A bundle becomes a letter: words and addressee, ready for any channel."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engine.bundles import Bundle
from housing.notices.digests import render_bundle
from housing.notices.mailbox import Post, text_for
from housing.notices.rules import Reader
from housing.people.queries import AccountView

LIST_PATH = "/messages"
"""The page that lists a person's notices; a digest of several cases leads there."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Letter:
    """One thing to send to one person.

    Attributes:
        message_id: the fixed key of the bundle.
        body: the whole text; lines that are paths become links.
        short: one sentence.
        url: path of the page it leads to.
        count: notices in it.
    """

    message_id: str
    channel: str
    account: AccountView
    instance_id: str | None
    subject: str
    body: str
    short: str
    url: str
    count: int

    @property
    def post(self) -> Post:
        """Take it as the simulator shows it."""
        text = text_for(self.channel, self.subject, self.body, self.short)
        return Post(
            message_id=self.message_id,
            instance_id=self.instance_id,
            channel=self.channel,
            recipient=str(self.account.id),
            subject=self.subject,
            text=text,
            url=self.url,
        )


def write(bundle: Bundle, account: AccountView) -> Letter:
    """Write the letter of a bundle: a single notice as it is, several as a digest.

    A digest lists its notices by the instants they were to be told, then by case.
    """
    payloads = sorted((message.payload for message in bundle.messages), key=_place)
    if len(payloads) == 1:
        (payload,) = payloads
        subject, body = str(payload["subject"]), str(payload["body"])
        short, url = str(payload.get("short", body)), str(payload["url"])
    else:
        reader = Reader(name=account.name, language=account.language)
        url = _place_of_all(payloads)
        words = render_bundle(payloads, reader, url)
        subject, body, short = words.subject, words.body, words.short
    return Letter(
        message_id=bundle.idem,
        channel=bundle.channel,
        account=account,
        instance_id=bundle.instance_id,
        subject=subject,
        body=body,
        short=short,
        url=url,
        count=len(payloads),
    )


def _place_of_all(payloads: Sequence[Mapping[str, object]]) -> str:
    """Tell where a digest leads: to the page that all its notices lead to, else to the list."""
    places = {str(payload["url"]) for payload in payloads}
    return places.pop() if len(places) == 1 else LIST_PATH


def _place(payload: Mapping[str, object]) -> tuple[str, str]:
    return str(payload.get("at", "")), str(payload["subject"])
