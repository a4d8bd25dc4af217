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
    values = {n: v if isinstance(v, Sentence) else str(v) for n, v in params.items()}
    filled = Sentence(template % values)
    filled.template, filled.params = template, values
    return filled
