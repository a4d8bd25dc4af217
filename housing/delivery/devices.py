"""The devices of people that take push messages."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from engine.clock import Clock
from housing.delivery.errors import DeviceInvalid
from housing.delivery.models import PushDevice
from housing.delivery.rules import is_device_key, may_push_to

MOST_DEVICES = 10
"""Devices of one person; the one registered first makes room."""

_LONGEST_NAME = 100


@dataclass(frozen=True, kw_only=True, slots=True)
class Device:
    """A browser that shows notices.

    Attributes:
        endpoint: where its push service takes messages.
        p256dh: its public key.
        auth: its secret.
        name: browser and system.
        used_at: when it last took a message.
    """

    id: int
    endpoint: str
    p256dh: str
    auth: str
    name: str
    created_at: datetime
    used_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class NewDevice:
    """What a browser tells of itself."""

    endpoint: str
    p256dh: str
    auth: str
    name: str


def register(
    account_id: int, new: NewDevice, *, hosts: Collection[str], session: Session, clock: Clock
) -> None:
    """Keep a device; the same browser is kept once, for the person who used it last.

    Args:
        account_id: whose.
        new: as the browser gave it.
        hosts: where subscriptions may lie.
        session: of the request.
        clock: the real one.

    Raises:
        DeviceInvalid: its address is no push service's, or its keys are none.
    """
    if not may_push_to(new.endpoint, hosts) or not is_device_key(new.p256dh, new.auth):
        raise DeviceInvalid
    session.execute(delete(PushDevice).where(PushDevice.endpoint == new.endpoint))
    known = session.scalars(
        select(PushDevice).where(PushDevice.account_id == account_id).order_by(PushDevice.id)
    ).all()
    for oldest in known[: max(0, len(known) - MOST_DEVICES + 1)]:
        session.delete(oldest)
    session.add(
        PushDevice(
            account_id=account_id,
            endpoint=new.endpoint,
            p256dh=new.p256dh,
            auth=new.auth,
            name=" ".join(new.name.split())[:_LONGEST_NAME],
            created_at=clock.now(),
        )
    )
    session.flush()


def remove(account_id: int, device_id: int, *, session: Session) -> None:
    """Forget a device of a person; one that is not his stays."""
    session.execute(
        delete(PushDevice).where(PushDevice.id == device_id, PushDevice.account_id == account_id)
    )


def forget(endpoint: str, *, session: Session) -> None:
    """Forget a device whose push service says that it is gone."""
    session.execute(delete(PushDevice).where(PushDevice.endpoint == endpoint))


def forget_all(account_id: int, *, session: Session) -> None:
    """Forget every device of an account that is closed."""
    session.execute(delete(PushDevice).where(PushDevice.account_id == account_id))


def note_used(device_id: int, now: datetime, *, session: Session) -> None:
    """Note that a device took a message."""
    device = session.get(PushDevice, device_id)
    if device is not None:
        device.used_at = now


def devices_of(account_id: int, *, session: Session) -> list[Device]:
    """List a person's devices, the one registered first first."""
    rows = session.scalars(
        select(PushDevice).where(PushDevice.account_id == account_id).order_by(PushDevice.id)
    )
    return [
        Device(
            id=row.id,
            endpoint=row.endpoint,
            p256dh=row.p256dh,
            auth=row.auth,
            name=row.name,
            created_at=row.created_at,
            used_at=row.used_at,
        )
        for row in rows
    ]


def has_device(account_id: int, *, session: Session) -> bool:
    """Tell whether a person has a device that takes push messages."""
    found = select(func.count()).where(PushDevice.account_id == account_id)
    return bool(session.scalar(found))


def owners(account_ids: Collection[int], *, session: Session) -> frozenset[int]:
    """Tell which of several people have a device that takes push messages."""
    found = select(PushDevice.account_id).where(PushDevice.account_id.in_(account_ids))
    return frozenset(session.scalars(found))
