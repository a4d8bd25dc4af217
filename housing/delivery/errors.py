"""What can go wrong on the way to a person."""

from dataclasses import dataclass

from engine.errors import DeliveryRefused, Invalid


@dataclass(eq=False)
class AddressRefused(DeliveryRefused):
    """The address does not exist any more: %(reason)s."""


@dataclass(eq=False)
class NoAddress(DeliveryRefused):
    """The person cannot be reached this way: %(reason)s."""


@dataclass(eq=False)
class DeviceInvalid(Invalid):
    """This device cannot be registered for push messages."""
