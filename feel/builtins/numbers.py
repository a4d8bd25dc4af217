"""Numeric functions (DMN 1.5, 10.3.4.5)."""

from datetime import timedelta
from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
    Context,
    Decimal,
    DecimalException,
)

from feel.arithmetic import calculate
from feel.builtins.registry import Registry
from feel.errors import FeelTypeError
from feel.run import Run
from feel.values import DECIMAL128, YearMonthDuration

FUNCTIONS = Registry()

# Steps that a series costs.
_COST = 30
_LEAST_SCALE, _MOST_SCALE = -6111, 6176
_WIDE = Context(prec=12_400)


def _rounded(value: Decimal, scale: Decimal | None, mode: str) -> Decimal:
    """Round to a number of decimals, negative for tens and hundreds."""
    places = 0 if scale is None else int(scale)
    if not _LEAST_SCALE <= places <= _MOST_SCALE:
        raise FeelTypeError(f"The scale {places} is not between {_LEAST_SCALE} and {_MOST_SCALE}.")
    step = Decimal(1).scaleb(-places, _WIDE)
    return DECIMAL128.plus(value.quantize(step, rounding=mode, context=_WIDE))


@FUNCTIONS.add("decimal(n: number, scale: number)")
def decimal(n: Decimal, scale: Decimal) -> Decimal:
    """Round half to even."""
    return _rounded(n, scale, ROUND_HALF_EVEN)


@FUNCTIONS.add("floor(n: number)", "floor(n: number, scale: number)")
def floor(n: Decimal, scale: Decimal | None = None) -> Decimal:
    """Round towards minus infinity."""
    return _rounded(n, scale, ROUND_FLOOR)


@FUNCTIONS.add("ceiling(n: number)", "ceiling(n: number, scale: number)")
def ceiling(n: Decimal, scale: Decimal | None = None) -> Decimal:
    """Round towards plus infinity."""
    return _rounded(n, scale, ROUND_CEILING)


@FUNCTIONS.add("round up(n: number, scale: number)")
def round_up(n: Decimal, scale: Decimal) -> Decimal:
    """Round away from zero."""
    return _rounded(n, scale, ROUND_UP)


@FUNCTIONS.add("round down(n: number, scale: number)")
def round_down(n: Decimal, scale: Decimal) -> Decimal:
    """Round towards zero."""
    return _rounded(n, scale, ROUND_DOWN)


@FUNCTIONS.add("round half up(n: number, scale: number)")
def round_half_up(n: Decimal, scale: Decimal) -> Decimal:
    """Round to the nearest, a half away from zero."""
    return _rounded(n, scale, ROUND_HALF_UP)


@FUNCTIONS.add("round half down(n: number, scale: number)")
def round_half_down(n: Decimal, scale: Decimal) -> Decimal:
    """Round to the nearest, a half towards zero."""
    return _rounded(n, scale, ROUND_HALF_DOWN)


@FUNCTIONS.add("abs(n: number)")
def absolute(n: Decimal) -> Decimal:
    """Drop the sign of a number."""
    return DECIMAL128.abs(n)


@FUNCTIONS.add("abs(n: duration)")
def absolute_duration(n: timedelta | YearMonthDuration) -> object:
    """Drop the sign of a duration."""
    return YearMonthDuration(abs(n.months)) if isinstance(n, YearMonthDuration) else abs(n)


@FUNCTIONS.add("modulo(dividend: number, divisor: number)")
def modulo(dividend: Decimal, divisor: Decimal) -> object:
    """Give the rest of a division; its sign is the divisor's."""
    quotient = calculate("/", dividend, divisor)
    if not isinstance(quotient, Decimal):
        raise FeelTypeError("A modulo takes numbers.")
    whole_part = quotient.to_integral_value(rounding=ROUND_FLOOR)
    return DECIMAL128.fma(-divisor, whole_part, dividend)


@FUNCTIONS.add("sqrt(number: number)")
def sqrt(value: Decimal) -> Decimal:
    """Take the square root of a number that is not negative."""
    if value < 0:
        raise FeelTypeError("A negative number has no square root.")
    return DECIMAL128.sqrt(value)


@FUNCTIONS.add_with_run("log(number: number)")
def log(run: Run, value: Decimal) -> Decimal:
    """Take the natural logarithm of a positive number."""
    run.meter.spend(_COST)
    if value <= 0:
        raise FeelTypeError("Only a positive number has a logarithm.")
    return DECIMAL128.ln(value)


@FUNCTIONS.add_with_run("exp(number: number)")
def exp(run: Run, value: Decimal) -> Decimal:
    """Raise e to a power."""
    run.meter.spend(_COST)
    try:
        return DECIMAL128.exp(value)
    except DecimalException as error:
        raise FeelTypeError("The result is too large a number.") from error


@FUNCTIONS.add("odd(number: number)")
def odd(value: Decimal) -> bool:
    """Tell whether a whole number is odd."""
    return abs(value) % 2 == 1


@FUNCTIONS.add("even(number: number)")
def even(value: Decimal) -> bool:
    """Tell whether a whole number is even."""
    return value % 2 == 0
