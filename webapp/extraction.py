"""For pybabel: the sentence of an error class is a message too."""

import ast
from collections.abc import Iterator
from typing import IO

Message = tuple[int, None, str, list[str]]


def error_sentences(
    file: IO[bytes], keywords: object, comment_tags: object, options: object
) -> Iterator[Message]:
    """Extract the docstring of every exception class of an errors module: it is one line."""
    classes = (node for node in ast.walk(ast.parse(file.read())) if isinstance(node, ast.ClassDef))
    for node in classes:
        sentence = ast.get_docstring(node)
        if sentence and "\n" not in sentence:
            yield node.lineno, None, sentence, []


def advice(
    file: IO[bytes], keywords: object, comment_tags: object, options: object
) -> Iterator[Message]:
    """Extract the sentences of the engine's findings: literals that end with a full stop.

    Docstrings and f-strings are left out; a sentence with values is written with `sentence(...)`.
    """
    tree = ast.parse(file.read())
    untold = {id(part) for node in ast.walk(tree) for part in _untold(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _is_sentence(node):
            yield from _message(node.args[0])
        elif id(node) not in untold and isinstance(node, ast.Constant) and _ends(node.value):
            yield from _message(node)


def _message(node: ast.AST) -> Iterator[Message]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.lineno, None, node.value, []


def _untold(node: ast.AST) -> Iterator[ast.AST]:
    """Give what is no sentence of its own: docstrings, parts of f-strings, templates."""
    if isinstance(node, ast.Expr):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        yield from node.values
    elif isinstance(node, ast.Call) and _is_sentence(node):
        yield node.args[0]


def _is_sentence(node: ast.Call) -> bool:
    return isinstance(node.func, ast.Name) and node.func.id == "sentence"


def _ends(value: object) -> bool:
    return isinstance(value, str) and value.endswith(".") and " " in value
