"""All that can go wrong with forms; a class's docstring is its message, filled with its fields."""

from dataclasses import dataclass, field


class FormInvalid(Exception):
    """This form cannot be used."""

    def __str__(self) -> str:
        """Fill the sentence with the error's own fields."""
        return (type(self).__doc__ or "") % vars(self)


@dataclass(eq=False)
class FormNotFound(FormInvalid):
    """There is no form %(form_key)s."""

    form_key: str


@dataclass(eq=False)
class FormDefinitionInvalid(FormInvalid):
    """The definition of form %(form_id)s is wrong: %(summary)s."""

    form_id: str
    problems: tuple[str, ...] = ()
    summary: str = field(init=False)

    def __post_init__(self) -> None:
        """Join the problems into one text."""
        self.summary = "; ".join(self.problems)


@dataclass(eq=False)
class ConditionFailed(FormInvalid):
    """The expression of field %(name)s failed: %(reason)s."""

    name: str
    reason: str


class FormPlaceMissing(FormInvalid):
    """This field is not there any more; somebody may have changed the form meanwhile."""


@dataclass(eq=False)
class FormKeyInvalid(FormInvalid):
    """The key %(form_key)s must be small letters, digits and _, such as repair/phone_call."""

    form_key: str
