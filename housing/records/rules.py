"""Pure rules of records: storable values, the files among them, names of parties."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal

from forms.schema import Field, Form, scope_of


def account_party(account_id: int | str) -> str:
    """Name a person as a party of a case."""
    return f"account:{account_id}"


def to_json(value: object) -> object:
    """Make a form's typed value storable: numbers stay exact, days and instants become ISO text."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else str(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, Mapping):
        return {str(key): to_json(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [to_json(part) for part in value]
    return value


def file_ids(form: Form, values: Mapping[str, object]) -> list[str]:
    """Find the stored files among a form's answers, rows of lists included."""
    return list(_file_ids(form.components, values))


def _file_ids(components: Iterable[Field], values: Mapping[str, object]) -> Iterable[str]:
    for field in scope_of(components):
        answer = values.get(field.name)
        if field.type == "filepicker":
            yield from (str(part) for part in answer if part) if isinstance(answer, list) else ()
        elif isinstance(answer, Mapping):
            yield from _file_ids(field.children, answer)
        elif field.children and isinstance(answer, list):
            for row in answer:
                yield from _file_ids(field.children, row)
