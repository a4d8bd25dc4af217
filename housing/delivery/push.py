"""Web push (RFC 8030, 8291, 8292): encrypted for the browser, signed with our key."""

import json
from collections.abc import Mapping
from hashlib import sha256

import requests
from py_vapid import Vapid
from pywebpush import WebPushException, webpush

from engine.clock import Clock
from engine.db import Database
from engine.errors import DeliveryFailed, DeliveryRefused
from housing.channels import PushService
from housing.delivery import devices, keys
from housing.delivery.devices import Device
from housing.delivery.errors import NoAddress
from housing.delivery.letters import Letter

TIME_TO_LIVE = 24 * 60 * 60
"""Seconds that a push service keeps a message for a device that is switched off."""

_LONGEST_TEXT = 500
_GONE = frozenset({404, 410})
_FIRST_SERVER_ERROR = 500
_TOO_MANY = 429


class PushCarrier:
    """Sends letters to every device of a person.

    Args:
        service: key file, known push services, patience.
        contact: mail address that push services may write to.
        database: where devices are kept.
        clock: the real one.
    """

    def __init__(
        self, service: PushService, *, contact: str, database: Database, clock: Clock
    ) -> None:
        self._service = service
        self._contact = contact
        self._database = database
        self._clock = clock
        self._key = Vapid.from_pem(keys.read_or_make(service.key_path).encode())

    def send(self, letter: Letter) -> None:
        """Push a letter to all devices of its reader; one that takes it is enough.

        A device that is gone is forgotten. The message's topic is the same at each try, so that a
        repeated one replaces the first.

        Raises:
            NoAddress: no device is left.
            DeliveryRefused: no device's service takes it, for good.
            DeliveryFailed: a push service may take it later.
            OSError: none can be reached.
        """
        with self._database.reading() as session:
            known = devices.devices_of(letter.account.id, session=session)
        failures = [self._push(letter, device) for device in known]
        if not failures or all(each == "gone" for each in failures):
            raise NoAddress("no device takes push messages")
        if any(each is None for each in failures):
            return
        later = [each for each in failures if each and each.startswith("later")]
        if later:
            raise DeliveryFailed(later[0])
        raise DeliveryRefused(next(each for each in failures if each and each != "gone"))

    def _push(self, letter: Letter, device: Device) -> str | None:
        """Push to one device: None when it was taken, else "gone" or what went wrong."""
        try:
            self._post(letter, device)
        except WebPushException as failure:
            return self._judge(failure, device)
        except requests.RequestException as failure:
            return f"later: {type(failure).__name__}"
        with self._database.unit_of_work() as session:
            devices.note_used(device.id, self._clock.now(), session=session)
        return None

    def _post(self, letter: Letter, device: Device) -> None:
        with requests.Session() as http:
            http.max_redirects = 0
            webpush(
                subscription_info={
                    "endpoint": device.endpoint,
                    "keys": {"p256dh": device.p256dh, "auth": device.auth},
                },
                data=json.dumps(payload_of(letter), ensure_ascii=False),
                vapid_private_key=self._key,
                vapid_claims={"sub": f"mailto:{self._contact}"},
                ttl=TIME_TO_LIVE,
                timeout=self._service.timeout,
                headers={"Topic": _topic(letter), "Urgency": "normal"},
                requests_session=http,
            )

    def _judge(self, failure: WebPushException, device: Device) -> str:
        status = failure.status_code
        if status in _GONE:
            with self._database.unit_of_work() as session:
                devices.forget(device.endpoint, session=session)
            return "gone"
        if status is None or status == _TOO_MANY or status >= _FIRST_SERVER_ERROR:
            return f"later: {status or 'no answer'}"
        return f"refused: {status}"


def payload_of(letter: Letter) -> Mapping[str, str]:
    """Say what the service worker shows: a title, a sentence, where a press leads."""
    return {
        "title": letter.subject[:_LONGEST_TEXT],
        "body": letter.short[:_LONGEST_TEXT],
        "url": letter.url,
        "tag": _topic(letter),
    }


def _topic(letter: Letter) -> str:
    return sha256(letter.message_id.encode()).hexdigest()[:32]
