"""The part of FHIRPath that R4's search parameters are written in, read into a small tree."""

from __future__ import annotations

import re
from dataclasses import dataclass

WORD = re.compile(r"\s*(%?[A-Za-z_]\w*|'[^']*'|\d+|!=|[().\[\]|=])")


class NotUnderstood(ValueError):
    """An expression that is not of this part of FHIRPath."""


@dataclass(frozen=True)
class Name:
    """`base.name`, or a name at the beginning."""

    base: Node | None
    name: str


@dataclass(frozen=True)
class Root:
    """`%resource`."""


@dataclass(frozen=True)
class As:
    base: Node
    type: str


@dataclass(frozen=True)
class At:
    base: Node
    place: int


@dataclass(frozen=True)
class Where:
    """`base.where(field = 'text')`."""

    base: Node
    field: str
    text: str


@dataclass(frozen=True)
class Resolves:
    """`base.where(resolve() is Type)`."""

    base: Node
    type: str


@dataclass(frozen=True)
class Either:
    parts: tuple[Node, ...]


@dataclass(frozen=True)
class Exists:
    base: Node


@dataclass(frozen=True)
class Differs:
    """`base != true` or `base != false`."""

    base: Node
    than: bool


@dataclass(frozen=True)
class Both:
    left: Node
    right: Node


Node = Name | Root | As | At | Where | Resolves | Either | Exists | Differs | Both


def parse(expression: str) -> Node:
    reader = _Reader(expression)
    node = reader.both()
    if reader.next is not None:
        raise NotUnderstood(expression)
    return node


class _Reader:
    def __init__(self, expression: str) -> None:
        self.expression = expression
        words = WORD.findall(expression)
        if re.sub(r"\s", "", expression) != "".join(words).replace(" ", ""):
            raise NotUnderstood(expression)
        self.words = words
        self.place = 0

    @property
    def next(self) -> str | None:
        return self.words[self.place] if self.place < len(self.words) else None

    def take(self, expected: str = "") -> str:
        word = self.next
        if word is None or (expected and word != expected):
            raise NotUnderstood(self.expression)
        self.place += 1
        return word

    def meets(self, word: str) -> bool:
        if self.next == word:
            self.place += 1
            return True
        return False

    def both(self) -> Node:
        node = self.differs()
        while self.meets("and"):
            node = Both(node, self.differs())
        return node

    def differs(self) -> Node:
        node = self.either()
        if self.meets("!="):
            node = Differs(node, {"true": True, "false": False}[self.take()])
        return node

    def either(self) -> Node:
        parts = [self.cast()]
        while self.meets("|"):
            parts.append(self.cast())
        return parts[0] if len(parts) == 1 else Either(tuple(parts))

    def cast(self) -> Node:
        node = self.path()
        return As(node, self.take()) if self.meets("as") else node

    def path(self) -> Node:
        node = self.beginning()
        while self.next in (".", "["):
            node = self.step(node)
        return node

    def beginning(self) -> Node:
        if self.meets("("):
            node = self.both()
            self.take(")")
            return node
        word = self.take()
        if word == "%resource":
            return Root()
        if not re.fullmatch(r"[A-Za-z_]\w*", word):
            raise NotUnderstood(self.expression)
        return Name(None, word)

    def step(self, base: Node) -> Node:
        if self.meets("["):
            at = At(base, int(self.take()))
            self.take("]")
            return at
        self.take(".")
        word = self.take()
        if not self.meets("("):
            return Name(base, word)
        if word == "exists":
            self.take(")")
            return Exists(base)
        node: Node
        if word == "as":
            node = As(base, self.take())
        elif word == "where":
            node = self.where(base)
        else:
            raise NotUnderstood(self.expression)
        self.take(")")
        return node

    def where(self, base: Node) -> Node:
        field = self.take()
        if field == "resolve":
            for word in ("(", ")", "is"):
                self.take(word)
            return Resolves(base, self.take())
        self.take("=")
        return Where(base, field, self.take().strip("'"))
