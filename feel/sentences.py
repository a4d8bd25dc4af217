"""Sentences that remember their words, so that a page can say them in another language."""


class Sentence(str):
    """An English sentence with its template and the values filled in; elsewhere a plain text.

    Attributes:
        template: with places such as %(name)s.
        params: values by name; one may be a sentence itself.
    """

    template: str
    params: dict[str, str]


def sentence(template: str, **params: object) -> Sentence:
    """Fill a template and remember it."""
    values = {name: _text(value) for name, value in params.items()}
    filled = Sentence(template % values)
    filled.template, filled.params = template, values
    return filled


def _text(value: object) -> str:
    """Give a value as text; the sentence of an error stays one."""
    if isinstance(value, ValueError) and len(value.args) == 1:
        value = value.args[0]
    return value if isinstance(value, Sentence) else str(value)
