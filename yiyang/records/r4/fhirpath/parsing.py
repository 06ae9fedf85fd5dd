"""From the text of an expression to a tree of tuples, by precedence as FHIRPath's grammar has it."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from yiyang.records.r4.fhirpath.errors import FhirPathError
from yiyang.records.r4.fhirpath.quantities import CALENDAR, Quantity
from yiyang.records.r4.fhirpath.temporal import Temporal

Tree = tuple[Any, ...]
LONGEST = 10_000
DEEPEST = 60
TOKEN = re.compile(
    r"""(?P<space>\s+|//[^\n]*|/\*.*?\*/)
    |(?P<time>@T\d{2}(?::\d{2}(?::\d{2}(?:\.\d+)?)?)?)
    |(?P<date>@\d{4}(?:-\d{2}(?:-\d{2})?)?(?:T(?:\d{2}(?::\d{2}(?::\d{2}(?:\.\d+)?)?)?(?:Z|[+-]\d{2}:\d{2})?)?)?)
    |(?P<number>\d+(?:\.\d+)?)
    |(?P<string>'(?:[^'\\]|\\.)*')
    |(?P<quoted>`(?:[^`\\]|\\.)*`|"(?:[^"\\]|\\.)*")
    |(?P<special>\$this|\$index|\$total)
    |(?P<env>%(?:[A-Za-z_][A-Za-z0-9_-]*|'(?:[^'\\]|\\.)*'|`(?:[^`\\]|\\.)*`))
    |(?P<name>[A-Za-z_][A-Za-z0-9_]*)
    |(?P<sign><=|>=|!=|!~|[-+*/&|<>=~.,()\[\]{}])""",
    re.VERBOSE | re.DOTALL,
)
ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "f": "\f"}
ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|(.))", re.DOTALL)
BINDING = {
    "*": 9, "/": 9, "div": 9, "mod": 9, "+": 8, "-": 8, "&": 8, "is": 7, "as": 7, "|": 6,
    ">": 5, "<": 5, ">=": 5, "<=": 5, "=": 4, "~": 4, "!=": 4, "!~": 4, "in": 3, "contains": 3,
    "and": 2, "or": 1, "xor": 1, "implies": 0,
}  # fmt: skip


def unescaped(text: str) -> str:
    return ESCAPE.sub(lambda m: chr(int(m[1], 16)) if m[1] else ESCAPES.get(m[2], m[2]), text)


def tokens(text: str) -> list[tuple[str, str]]:
    if len(text) > LONGEST:
        raise FhirPathError(f"longer than {LONGEST} letters")
    found, at = [], 0
    while at < len(text):
        one = TOKEN.match(text, at)
        if one is None:
            raise FhirPathError(f"cannot be read at {text[at : at + 20]!r}")
        at = one.end()
        if one.lastgroup != "space":
            found.append((str(one.lastgroup), one.group()))
    return [*found, ("end", "")]


def parse(text: str) -> Tree:
    reader = _Reader(tokens(text))
    tree = reader.expression(0)
    if reader.kind != "end":
        raise FhirPathError(f"nothing may follow at {reader.text!r}")
    return tree


class _Reader:
    def __init__(self, found: list[tuple[str, str]]) -> None:
        self.tokens = found
        self.at = 0
        self.depth = 0

    @property
    def kind(self) -> str:
        return self.tokens[self.at][0]

    @property
    def text(self) -> str:
        return self.tokens[self.at][1]

    def take(self) -> str:
        self.at += 1
        return self.tokens[self.at - 1][1]

    def want(self, sign: str) -> None:
        if self.kind != "sign" or self.text != sign:
            raise FhirPathError(f"{sign} is missing before {self.text!r}")
        self.at += 1

    def operator(self) -> str:
        return self.text if self.kind in ("sign", "name") and self.text in BINDING else ""

    def expression(self, least: int) -> Tree:
        self.depth += 1
        if self.depth > DEEPEST:
            raise FhirPathError("nested too deeply")
        left = self.unary()
        while (sign := self.operator()) and BINDING[sign] >= least:
            self.take()
            if sign in ("is", "as"):
                left = ("type", sign, left, self.type_name())
            else:
                left = ("operator", sign, left, self.expression(BINDING[sign] + 1))
        self.depth -= 1
        return left

    def unary(self) -> Tree:
        if self.kind == "sign" and self.text in "+-" and self.text:
            return ("sign", self.take(), self.unary())
        return self.postfix(self.term())

    def postfix(self, left: Tree) -> Tree:
        while self.kind == "sign" and self.text in (".", "["):
            if self.take() == ".":
                left = ("dot", left, self.invocation())
            else:
                left = ("index", left, self.expression(0))
                self.want("]")
        return left

    def type_name(self) -> str:
        parts = [self.identifier()]
        while self.kind == "sign" and self.text == ".":
            self.take()
            parts.append(self.identifier())
        return ".".join(parts)

    def identifier(self) -> str:
        if self.kind == "quoted":
            return unescaped(self.take()[1:-1])
        if self.kind != "name":
            raise FhirPathError(f"a name is expected at {self.text!r}")
        return self.take()

    def invocation(self) -> Tree:
        if self.kind == "special":
            return (self.take(),)
        quoted = self.kind == "quoted"
        name = self.identifier()
        if not quoted and self.kind == "sign" and self.text == "(":
            return ("call", name, self.arguments())
        return ("member", name)

    def arguments(self) -> tuple[Tree, ...]:
        self.want("(")
        found: list[Tree] = []
        while not (self.kind == "sign" and self.text == ")"):
            if found:
                self.want(",")
            found.append(self.expression(0))
        self.take()
        return tuple(found)

    def term(self) -> Tree:
        kind = self.kind
        if kind == "sign" and self.text == "(":
            self.take()
            inner = self.expression(0)
            self.want(")")
            return ("group", inner)
        if kind == "sign" and self.text == "{":
            self.take()
            self.want("}")
            return ("empty",)
        if kind == "number":
            return self.number()
        if kind == "string":
            return ("literal", unescaped(self.take()[1:-1]))
        if kind in ("date", "time"):
            return ("literal", Temporal.literal(self.take()))
        if kind == "env":
            name = self.take()[1:]
            return ("env", unescaped(name[1:-1]) if name[0] in "'`" else name)
        if kind == "name" and self.text in ("true", "false"):
            return ("literal", self.take() == "true")
        if kind in ("name", "quoted", "special"):
            return self.invocation()
        raise FhirPathError(f"{self.text!r} is not expected")

    def number(self) -> Tree:
        text = self.take()
        value = Decimal(text) if "." in text else int(text)
        if self.kind == "string":
            return ("literal", Quantity(Decimal(text), unescaped(self.take()[1:-1]), False))
        if self.kind == "name" and self.text in CALENDAR:
            return ("literal", Quantity(Decimal(text), self.take(), True))
        return ("literal", value)
