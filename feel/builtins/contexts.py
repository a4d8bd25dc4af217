"""Context functions (DMN 1.5, 10.3.4.9)."""

from feel.builtins.registry import Registry
from feel.errors import FeelTypeError
from feel.run import Run

FUNCTIONS = Registry()

Context = dict[str, object]


@FUNCTIONS.add("get value(m: context, key: string)")
def get_value(context: Context, key: str) -> object:
    """Give the value of an entry; null if there is none."""
    return context.get(key)


@FUNCTIONS.add("get value(context: context, keys: list)")
def get_inner_value(context: Context, keys: list[object]) -> object:
    """Follow keys inwards; null if one is missing."""
    value: object = context
    for key in keys:
        if not isinstance(value, dict):
            return None
        value = value.get(key)
    return value if keys else None


@FUNCTIONS.add("get entries(m: context)")
def get_entries(context: Context) -> list[Context]:
    """List the entries as contexts of key and value."""
    return [{"key": key, "value": value} for key, value in context.items()]


@FUNCTIONS.add("context(entries: list)")
def make_context(entries: list[object]) -> Context:
    """Make a context from contexts of key and value."""
    made: Context = {}
    for entry in entries:
        if not isinstance(entry, dict) or "value" not in entry:
            raise FeelTypeError("An entry needs a key and a value.")
        key = entry.get("key")
        if not isinstance(key, str) or key in made:
            raise FeelTypeError("The keys of a context are different strings.")
        made[key] = entry["value"]
    return made


@FUNCTIONS.add("context put(context: context, key: string, value: any)")
def put(context: Context, key: str, value: object) -> Context:
    """Add or replace one entry."""
    return {**context, key: value}


@FUNCTIONS.add("context put(context: context, keys: list, value: any)")
def put_inside(context: Context, keys: list[object], value: object) -> Context:
    """Add or replace an entry of a context inside."""
    if not keys or not isinstance(keys[0], str):
        raise FeelTypeError("The keys are a list of at least one string.")
    key = keys[0]
    if len(keys) == 1:
        return {**context, key: value}
    inner = context.get(key)
    if not isinstance(inner, dict):
        raise FeelTypeError(f"The entry {key!r} is not a context.")
    return {**context, key: put_inside(inner, keys[1:], value)}


@FUNCTIONS.add_with_run("context merge(contexts: list)")
def merge(run: Run, contexts: list[object]) -> Context:
    """Join contexts; of equal keys the last wins."""
    made: Context = {}
    for context in contexts:
        if not isinstance(context, dict):
            raise FeelTypeError("Only contexts can be merged.")
        run.meter.spend(len(context))
        made.update(context)
    return made
