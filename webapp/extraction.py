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
