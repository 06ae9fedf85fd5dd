"""What a check carries with it: where it is, in which resource, and what it found so far."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from yiyang.records.r4 import issues
from yiyang.records.r4.issues import Issue

# A place: the place above, the name, and the number in a list. Made into words only when something is wrong.
Place = tuple[Any, str, int | None]
Check = Callable[[Any, Any, "Scope"], None]
MOST = 600
MOST_RULES = 300_000


class Checking:
    """What is found, and how far to look."""

    def __init__(self, rules: bool, advice: bool) -> None:
        self.issues: list[Issue] = []
        self.rules = rules
        self.left = MOST_RULES
        self.advice = advice

    def may_ask(self) -> bool:
        """Whether another rule is asked: a body made of a million small elements must not hold up others."""
        self.left -= 1
        if self.left == 0:
            self.say(None, "too-costly", issues.TOO_COSTLY)
        return self.left > 0

    def advise(self, where: Any, code: str, message: Any, **details: Any) -> None:
        if self.advice:
            self.say(where, code, message, "warning", **details)

    def say(self, where: Any, code: str, message: Any, severity: str = "error", **details: Any) -> None:
        if len(self.issues) < MOST:
            self.issues.append(Issue(severity, code, expression(where), message, details))


class Scope:
    """A resource with what it contains; a resource in a Bundle has a scope of its own."""

    __slots__ = ("checking", "contained", "current", "inside", "met", "references", "root", "used")

    def __init__(self, checking: Checking, root: Any) -> None:
        self.checking = checking
        self.root = root
        # The resource that is looked at: the root, or one that it contains.
        self.current = root
        self.contained = contained_types(root)
        self.inside: str | None = None
        # Ids of what is contained, as they are met; and those that something refers to.
        self.met: set[str] = set()
        self.used: set[str] = set()
        # The contained ones that refer to what contains them.
        self.references: set[str] = set()

    def refer(self, to: str) -> None:
        if to == "#":
            self.references.add(self.inside or "")
        else:
            self.used.add(to[1:])


def contained_types(root: Any) -> dict[str, str]:
    listed = root.get("contained") if isinstance(root, dict) else None
    if not isinstance(listed, list):
        return {}
    return {
        one["id"]: str(one.get("resourceType"))
        for one in listed
        if isinstance(one, dict) and isinstance(one.get("id"), str)
    }


def expression(where: Any) -> str:
    parts = []
    while where is not None:
        where, name, number = where
        parts.append(name if number is None else f"{name}[{number}]")
    return ".".join(reversed(parts))
