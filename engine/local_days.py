"""The calendar day in Taipei of an instant, counted by the database itself.

For figures over many rows: a statement groups by the day, and Python sees one row a day. Taipei has
been eight hours ahead of UTC without summer time since 1980.
"""

from datetime import datetime

from sqlalchemy import SQLColumnExpression, String
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


class local_day(FunctionElement[str]):  # noqa: N801  # named like the SQL functions beside it
    """The day of an instant as text, such as 2026-03-02; NULL for none."""

    name = "local_day"
    inherit_cache = True
    type = String()

    def __init__(self, instant: SQLColumnExpression[datetime | None]) -> None:
        """Take the column."""
        super().__init__(instant)


@compiles(local_day, "sqlite")
def _on_sqlite(element: local_day, compiler: SQLCompiler, **options: object) -> str:
    return f"date({compiler.process(element.clauses, **options)}, '+8 hours')"


@compiles(local_day, "postgresql")
def _on_postgres(element: local_day, compiler: SQLCompiler, **options: object) -> str:
    instant = compiler.process(element.clauses, **options)
    return f"to_char({instant} AT TIME ZONE 'Asia/Taipei', 'YYYY-MM-DD')"
