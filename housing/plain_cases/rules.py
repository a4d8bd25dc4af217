"""Pure rules of plain cases."""

from collections.abc import Collection

from engine.types import CITY, Actor

SUPERVISOR = "process_supervisor"
"""Begins cases of a process that names nobody else."""


def case_number(year: int, serial: int) -> str:
    """Write the number of a plain case.

    Args:
        year: of the Republic.
        serial: from 1 within the year.
    """
    return f"G{year}-{serial:06}"


def starters(named: Collection[str]) -> frozenset[str]:
    """Tell which roles begin cases: those that the diagram names, else supervisors.

    Args:
        named: camunda:candidateStarterGroups of the process.
    """
    return frozenset(named) or frozenset({SUPERVISOR})


def scopes_of(actor: Actor, groups: Collection[str]) -> frozenset[str]:
    """Name the scopes in which an actor holds one of the roles; "city" stands for all."""
    found = frozenset(scope for role, scope in actor.groups if role in groups)
    return frozenset({CITY}) if CITY in found else found
