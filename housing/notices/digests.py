"""The words of a bundle: one letter that lists several notices in order, nothing left out."""

from collections.abc import Mapping, Sequence

from housing.notices.rules import CHINESE, Reader, Rendered
from housing.notices.wording import spoken
from housing.notices.words import CLOSING, GREETING

_SHOWN = 3
"""Notices that a short text names."""


def render_bundle(payloads: Sequence[Mapping[str, object]], reader: Reader, url: str) -> Rendered:
    """Say several notices in one: a letter with all of them, a sentence with the first.

    Args:
        payloads: of the messages, oldest first, already in the reader's language.
        reader: name and language.
        url: path of the page that lists them.
    """
    is_chinese = reader.language == CHINESE
    count = len(payloads)
    title = f"{count} 則新通知" if is_chinese else f"{count} new notices"
    lead = "以下通知依先後順序列出：" if is_chinese else "The notices in their order:"
    items = [line for number, each in enumerate(payloads, 1) for line in _item(number, each)]
    body = [spoken(GREETING, reader.language).format(name=reader.name), "", lead, ""]
    body += [*items, url, "", spoken(CLOSING, reader.language)]
    return Rendered(subject=title, body="\n".join(body), short=_short(payloads, is_chinese))


def _item(number: int, payload: Mapping[str, object]) -> list[str]:
    return [f"{number}. {payload['subject']}", f"   {payload['short']}", str(payload["url"]), ""]


def _short(payloads: Sequence[Mapping[str, object]], is_chinese: bool) -> str:
    named = [str(each["subject"]) for each in payloads[:_SHOWN]]
    rest = len(payloads) - len(named)
    if rest:
        named.append(f"另有 {rest} 則" if is_chinese else f"and {rest} more")
    return ("；" if is_chinese else "; ").join(named)
