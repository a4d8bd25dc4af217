"""Patterns of supervisors' forms, bounded so that no input can keep the server busy."""

import re

MAX_INPUT = 200
"""Longest text that a pattern is tried on, in characters."""

MAX_PATTERN = 300
"""Longest pattern, in characters."""

MAX_WAYS = 10_000_000
"""Most ways a pattern may try to match a text of MAX_INPUT characters."""

_QUANTIFIER = re.compile(r"\{(\d+)(,(\d*))?\}|[*+?]")
_CLASS = re.compile(r"\[\^?\]?(?:\\.|[^\]\\])*\]")


def problem(pattern: str) -> str | None:
    """Say what is wrong with a pattern, or None."""
    match fault(pattern):
        case "":
            return None
        case "slow":
            return "the pattern may take too long; avoid repeated groups that repeat inside"
        case "unsupported":
            return "the pattern uses lookaround or back-references; only plain groups are allowed"
        case reason:
            return f"the pattern does not compile: {reason}"


def fault(pattern: str) -> str:
    """Name what is wrong with a pattern.

    The bound counts the ways a backtracking matcher can try: alternatives add up, neighbours
    multiply, a repeated group is raised to the power of its repetitions. `(a+)+` is far over it.

    Returns:
        "", "slow", "unsupported", or the words of the compiler.
    """
    if len(pattern) > MAX_PATTERN:
        return "slow"
    try:
        re.compile(pattern, re.ASCII)
    except re.error as error:
        return str(error)
    if "(?" in pattern.replace("(?:", "") or re.search(r"\\[1-9]", pattern):
        return "unsupported"
    ways, _ = _alternatives(pattern, 0)
    return "slow" if ways > MAX_WAYS else ""


def matches(pattern: str, text: str) -> bool:
    """Tell whether a text holds the pattern; longer texts than MAX_INPUT never do.

    As in JavaScript the pattern is searched for, and digits are ASCII digits only.
    """
    return len(text) <= MAX_INPUT and re.search(pattern, text, re.ASCII) is not None


def _alternatives(pattern: str, at: int) -> tuple[int, int]:
    """Count the ways of the alternatives from `at` on; also tell where they end."""
    total, ways = 0, 1
    while at < len(pattern) and pattern[at] != ")":
        if pattern[at] == "|":
            total, ways, at = total + ways, 1, at + 1
            continue
        atom, at = _atom(pattern, at)
        least, most, at = _repetitions(pattern, at)
        ways = _cap(ways * (most - least + 1) * _power(atom, most))
    return _cap(total + ways), at


def _atom(pattern: str, at: int) -> tuple[int, int]:
    if pattern[at] == "(":
        start = at + 3 if pattern.startswith("(?:", at) else at + 1
        ways, end = _alternatives(pattern, start)
        return ways, end + 1
    if pattern[at] == "\\":
        return 1, at + 2
    if match := _CLASS.match(pattern, at):
        return 1, match.end()
    return 1, at + 1


def _repetitions(pattern: str, at: int) -> tuple[int, int, int]:
    """Read the quantifier at `at`: least and most repetitions, and where it ends."""
    match = _QUANTIFIER.match(pattern, at)
    if match is None:
        return 1, 1, at
    end = match.end() + (1 if pattern[match.end() : match.end() + 1] in ("?", "+") else 0)
    if match[1] is not None:
        least = int(match[1])
        most = least if match[2] is None else int(match[3] or MAX_INPUT)
        return least, most, end
    least, most = {"*": (0, MAX_INPUT), "+": (1, MAX_INPUT), "?": (0, 1)}[match[0]]
    return least, most, end


def _power(ways: int, times: int) -> int:
    """Raise to a power without building numbers that are over the limit anyway."""
    result = 1
    for _ in range(times if ways > 1 else 0):
        result = _cap(result * ways)
        if result > MAX_WAYS:
            break
    return result


def _cap(ways: int) -> int:
    return min(ways, MAX_WAYS + 1)
