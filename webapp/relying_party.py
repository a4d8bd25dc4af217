"""Under which domain passkeys live: that of the public address of the pages (ANJU_BASE_URL)."""

from urllib.parse import urlsplit

import flask
from flask_babel import gettext as _

from engine.db import UnitOfWork
from housing.people.passkeys import Counter, Party
from webapp import current, devices

_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_LOCAL = "localhost"


def party() -> Party | None:
    """Tell under which domain passkeys are asked for; None where this page cannot use them.

    WebAuthn knows domains, no bare addresses of a network: a house that runs on one machine uses
    "localhost", and only readers who typed that.
    """
    public = urlsplit(current.application().settings.base_url)
    here = urlsplit(flask.request.host_url)
    if public.hostname in _LOOPBACK:
        origin = f"{here.scheme}://{here.netloc}"
        is_local = here.hostname == _LOCAL
        return Party(id=_LOCAL, name=str(_("Anju")), origin=origin) if is_local else None
    if public.scheme != "https" or public.hostname is None or _is_bare(public.hostname):
        return None
    origin = f"{public.scheme}://{public.netloc}"
    return Party(id=public.hostname, name=str(_("Anju")), origin=origin)


def is_usable() -> bool:
    """Tell whether passkeys work on this page."""
    return party() is not None


def counter(session: UnitOfWork) -> Counter:
    """Give the verbs of passkeys what they work with; 404 where passkeys cannot work."""
    known = party()
    if known is None:
        flask.abort(404)
    return Counter(
        party=known,
        session=session,
        clock=current.application().system_clock,
        client=devices.client(),
    )


def _is_bare(host: str) -> bool:
    return ":" in host or host.replace(".", "").isdigit()
