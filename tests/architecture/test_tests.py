"""A test that pytest never collects is worse than none."""

import ast


def asserts(function: ast.AST) -> bool:
    return any(isinstance(node, ast.Assert) for node in ast.walk(function))


def functions(source) -> list[ast.FunctionDef]:
    return [node for node in ast.walk(source.tree) if isinstance(node, ast.FunctionDef)]


def names_used_in(source) -> set[str]:
    names = {node.id for node in ast.walk(source.tree) if isinstance(node, ast.Name)}
    return names | {node.attr for node in ast.walk(source.tree) if isinstance(node, ast.Attribute)}


def test_every_function_that_asserts_is_collected_or_called(test_sources):
    used = {name for source in test_sources for name in names_used_in(source)}
    lost = [
        f"{source.name}:{function.lineno} {function.name}"
        for source in test_sources
        for function in functions(source)
        if asserts(function) and not function.name.startswith("test_")
        if function.name not in used and not is_fixture(function)
    ]
    assert lost == []


def test_every_file_with_tests_is_collected(test_sources):
    lost = [
        source.name
        for source in test_sources
        for function in functions(source)
        if function.name.startswith("test_") and not function.decorator_list
        if not source.name.rpartition("/")[2].startswith("test_")
    ]
    assert lost == []


def test_every_test_asserts_something(test_sources):
    silent = [
        f"{source.name}:{function.lineno} {function.name}"
        for source in test_sources
        for function in functions(source)
        if function.name.startswith("test_") and not is_fixture(function)
        if not is_checking(function)
    ]
    assert silent == []


def is_checking(function: ast.FunctionDef) -> bool:
    calls = {
        getattr(node.func, "attr", getattr(node.func, "id", ""))
        for node in ast.walk(function)
        if isinstance(node, ast.Call)
    }
    return (
        asserts(function)
        or bool(calls & {"raises", "check"})
        or any(name.startswith(("assert_", "expect")) for name in calls)
    )


def is_fixture(function: ast.FunctionDef) -> bool:
    return any("fixture" in ast.dump(decorator) for decorator in function.decorator_list)
