"""What the design forbids, found by reading the code."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parent.parent / "yiyang"
CONTEXTS = [
    *(
        PACKAGE / name
        for name in (
            "kernel",
            "access",
            "duty",
            "people",
            "records",
            "assessments",
            "devices",
            "beds",
            "supervision",
            "portals",
            "packets",
        )
    ),
    *(folder for folder in sorted((PACKAGE / "gateways").iterdir()) if folder.is_dir()),
]
SCREENS = ("views", "forms", "api")
FORBIDDEN_NAMES = {"utils", "helpers", "manager", "service", "services", "base", "misc", "common"}


def files(*parts: str) -> Iterator[Path]:
    for context in CONTEXTS:
        for part in parts:
            if (context / f"{part}.py").exists():
                yield context / f"{part}.py"
            yield from sorted((context / part).rglob("*.py"))


def uses(tree: ast.AST, attribute: str) -> Iterator[int]:
    return (
        node.lineno for node in ast.walk(tree) if isinstance(node, ast.Attribute) and node.attr == attribute
    )


def imports(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """What is imported when the program runs; a name for a signature alone binds nothing."""
    for_types = [node for node in ast.walk(tree) if isinstance(node, ast.If) and is_for_types(node)]
    skipped = {id(inner) for node in for_types for inner in ast.walk(node)}
    for node in ast.walk(tree):
        if id(node) in skipped:
            continue
        if isinstance(node, ast.ImportFrom) and node.module:
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)


def is_for_types(node: ast.If) -> bool:
    return ast.unparse(node.test) in ("TYPE_CHECKING", "typing.TYPE_CHECKING")


def where(path: Path, line: int) -> str:
    return f"{path.relative_to(PACKAGE.parent)}:{line}"


def test_screens_and_api_never_reach_past_the_queries():
    found = [where(path, line) for path in files(*SCREENS) for line in uses(parse(path), "objects")]

    assert not found, "X.objects outside queries and commands; write a query: " + ", ".join(found)


def test_rules_are_pure():
    impure = ("django.db", "django.conf", "yiyang.kernel.time.now", "yiyang.kernel.models", "datetime.now")
    found = [
        f"{where(path, line)} imports {name}"
        for path in files("rules")
        for line, name in imports(parse(path))
        # Lists of codes (TextChoices) live in django.db.models; they are words, not the database.
        if name != "django.db.models" and (name.startswith(impure) or name.endswith(".models"))
    ]

    assert not found, "; ".join(found)


def test_contexts_use_only_commands_queries_and_rules_of_each_other():
    private = {"models", "forms", "views", "reactions", "jobs", "api", "urls"}
    found = []
    for context in CONTEXTS:
        own = ".".join(context.relative_to(PACKAGE.parent).parts)
        for path in sorted(context.rglob("*.py")):
            if "tests" in path.parts or "migrations" in path.parts:
                continue
            for line, name in imports(parse(path)):
                parts = name.split(".")
                foreign = name.startswith("yiyang.") and not name.startswith(own + ".")
                if (
                    foreign
                    and parts[1]
                    in {
                        "access",
                        "duty",
                        "people",
                        "records",
                        "assessments",
                        "devices",
                        "beds",
                        "supervision",
                        "portals",
                        "packets",
                    }
                    and parts[2] in private
                ):
                    found.append(f"{where(path, line)} imports {name}")

    assert not found, "; ".join(found)


def test_there_is_one_clock():
    found = []
    for context in CONTEXTS:
        for path in sorted(context.rglob("*.py")):
            if "tests" in path.parts or "migrations" in path.parts or path.name == "time.py":
                continue
            for node in ast.walk(parse(path)):
                if isinstance(node, ast.Call) and ast.unparse(node.func) in CLOCKS:
                    found.append(where(path, node.lineno))

    assert not found, "the clock is yiyang.kernel.time.now: " + ", ".join(found)


CLOCKS = {
    "datetime.now",
    "date.today",
    "timezone.now",
    "datetime.datetime.now",
    "datetime.date.today",
    "time.time",
}


@pytest.mark.parametrize("name", sorted(FORBIDDEN_NAMES))
def test_no_module_has_a_name_that_says_nothing(name: str):
    found = [str(path.relative_to(PACKAGE)) for path in PACKAGE.rglob(f"{name}.py")]
    found += [str(path.relative_to(PACKAGE)) for path in PACKAGE.rglob(name) if path.is_dir()]

    assert not [path for path in found if "templates" not in path and "static" not in path]


def parse(path: Path) -> ast.AST:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))
