"""How long something took, counted by the database itself, for figures over many rows."""

from datetime import datetime

from sqlalchemy import Float, SQLColumnExpression
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


class seconds_between(FunctionElement[float]):  # noqa: N801  # named like the SQL functions beside it
    """The seconds from one instant to another, to the millisecond; NULL without one of them."""

    name = "seconds_between"
    inherit_cache = True
    type = Float()

    def __init__(
        self,
        since: SQLColumnExpression[datetime | None],
        until: SQLColumnExpression[datetime | None],
    ) -> None:
        """Take the two columns."""
        super().__init__(since, until)


@compiles(seconds_between, "sqlite")
def _on_sqlite(element: seconds_between, compiler: SQLCompiler, **options: object) -> str:
    since, until = (compiler.process(each, **options) for each in element.clauses)
    return f"round((julianday({until}) - julianday({since})) * 86400.0, 3)"


@compiles(seconds_between, "postgresql")
def _on_postgres(element: seconds_between, compiler: SQLCompiler, **options: object) -> str:
    since, until = (compiler.process(each, **options) for each in element.clauses)
    return f"round(extract(epoch from ({until} - {since})), 3)"
