#!/usr/bin/env python
"""Keep the translations of every context complete.

    python tools/translations.py check [NAME…]   names every msgid that is missing, empty, fuzzy or orphaned
    python tools/translations.py update [NAME…]  adds missing msgids (empty), removes orphans and doubles
    python tools/translations.py build           compiles the .mo files; needs no gettext binary

A context is a package in `yiyang/`; its strings are in `locale/zh_Hans/LC_MESSAGES/django.po` beside them.
The msgid is the English text, so English needs no catalogue.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import django
import polib
from django.conf import settings

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "yiyang"
CATALOGUE = "locale/zh_Hans/LC_MESSAGES/django.po"
# What the arguments of each function are: s the string, p its plural, c its context.
FUNCTIONS = {
    "_": "s",
    "gettext": "s",
    "gettext_lazy": "s",
    "gettext_noop": "s",
    "ngettext": "sp",
    "ngettext_lazy": "sp",
    "pgettext": "cs",
    "pgettext_lazy": "cs",
    "npgettext": "csp",
    "npgettext_lazy": "csp",
}
METADATA = {
    "Project-Id-Version": "yiyang",
    "Language": "zh_Hans",
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
    "Plural-Forms": "nplurals=1; plural=0;",
}
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|(?<!\{)\{\w*(?:![rs])?(?::[^{}]*)?\}(?!\})|(?<!%)%[sd]")
Key = tuple[str, str | None]


@dataclass(frozen=True)
class Message:
    """A string to translate and where it stands."""

    msgid: str
    plural: str
    context: str | None
    where: str

    @property
    def key(self) -> Key:
        return self.msgid, self.context


def main(arguments: list[str]) -> int:
    settings.configure(USE_I18N=True)
    django.setup()
    task, *names = arguments or ["check"]
    contexts = [c for c in all_contexts() if not names or c.name in names]
    tasks = {"check": check, "update": update, "build": build}
    if task not in tasks:
        say(__doc__ or "")
        return 2
    return tasks[task](contexts)


def all_contexts() -> list[Path]:
    return sorted(p for p in PACKAGE.iterdir() if (p / "__init__.py").exists())


def check(contexts: list[Path]) -> int:
    problems = [problem for context in contexts for problem in problems_of(context)]
    problems += disagreements(contexts)
    for problem in problems:
        say(problem)
    say(f"{len(problems)} problems" if problems else "translations are complete")
    return 1 if problems else 0


def problems_of(context: Path) -> Iterator[str]:
    entries = {(e.msgid, e.msgctxt): e for e in read(context) if not e.obsolete}
    wanted = wanted_messages(context)
    place = (context / CATALOGUE).relative_to(ROOT)
    for key, message in wanted.items():
        entry = entries.get(key)
        if entry is None:
            yield f"{message.where}: missing from {place}: {message.msgid!r}"
        elif fault := fault_of(entry):
            yield f"{place}:{entry.linenum}: {fault}: {message.msgid!r}"
    for key, entry in entries.items():
        if key not in wanted:
            yield f"{place}:{entry.linenum}: orphaned, no code says it: {entry.msgid!r}"


def fault_of(entry: polib.POEntry) -> str:
    if not translation(entry):
        return "empty"
    if entry.fuzzy:
        return "fuzzy"
    if holes(translation(entry)) != holes(entry.msgid_plural or entry.msgid):
        return "other placeholders than its msgid"
    return ""


def disagreements(contexts: list[Path]) -> Iterator[str]:
    """Django merges all catalogues: of two translations of one msgid, chance would pick."""
    seen: dict[Key, tuple[str, str]] = {}
    for context in contexts:
        for entry in read(context):
            text = translation(entry)
            first, name = seen.setdefault((entry.msgid, entry.msgctxt), (text, context.name))
            if text and first and first != text:
                yield f"{entry.msgid!r} is {first!r} in {name} but {text!r} in {context.name}: use pgettext"


def update(contexts: list[Path]) -> int:
    for context in contexts:
        wanted, catalogue = wanted_messages(context), read(context, twice=True)
        once = {(e.msgid, e.msgctxt): e for e in sorted(catalogue, key=lambda e: bool(translation(e)))}
        kept = [
            e
            for e in catalogue
            if e is once[e.msgid, e.msgctxt] and (e.msgid, e.msgctxt) in wanted and not e.obsolete
        ]
        known = {(e.msgid, e.msgctxt) for e in kept}
        added = [entry_of(message) for key, message in wanted.items() if key not in known]
        dropped = len(catalogue) - len(kept)
        if added or dropped:
            fresh = empty_catalogue()
            fresh.extend(kept + added)
            (context / CATALOGUE).parent.mkdir(parents=True, exist_ok=True)
            fresh.save(str(context / CATALOGUE))
            say(f"{context.name}: {len(added)} added, {dropped} removed")
    return 0


def build(contexts: list[Path]) -> int:
    for context in contexts:
        path = context / CATALOGUE
        if path.exists():
            read(context).save_as_mofile(str(path.with_suffix(".mo")))
    return 0


def wanted_messages(context: Path) -> dict[Key, Message]:
    found: dict[Key, Message] = {}
    for path in sorted(context.rglob("*")):
        for message in messages_in(path, path.relative_to(context).parts):
            first = found.setdefault(message.key, message)
            if message.plural and not first.plural:
                found[message.key] = message
    return found


def messages_in(path: Path, inside: tuple[str, ...]) -> Iterator[Message]:
    if {"tests", "migrations", "__pycache__", "static", "locale"} & set(inside):
        return
    if path.suffix == ".py":
        yield from in_python(path)
    elif "templates" in inside and path.suffix in {".html", ".txt"}:
        yield from in_template(path)


def in_python(path: Path) -> Iterator[Message]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"), str(path))):
        if not isinstance(node, ast.Call) or called(node.func) not in FUNCTIONS:
            continue
        shape = FUNCTIONS[called(node.func)]
        texts = [a.value for a in node.args[: len(shape)] if isinstance(a, ast.Constant)]
        # A name or an f-string is passed over: what it stands for is marked where it is written.
        if len(texts) == len(shape) and all(isinstance(t, str) for t in texts):
            yield message_of(shape, texts, f"{path.relative_to(ROOT)}:{node.lineno}")


def called(function: ast.expr) -> str:
    if isinstance(function, ast.Name):
        return function.id
    return function.attr if isinstance(function, ast.Attribute) else ""


# `templatize` turns {% translate %} and {% blocktranslate %} into such calls and all else into X's.
CALL = re.compile(r"(?<![\w.])(_|gettext|ngettext|pgettext|npgettext)\(\s*")
LITERAL = re.compile(r"""\s*u?((?:"(?:[^"\\\n]|\\.)*")|(?:'(?:[^'\\\n]|\\.)*'))\s*,?""")


def in_template(path: Path) -> Iterator[Message]:
    from django.utils.translation.template import templatize

    code = templatize(path.read_text(encoding="utf-8"), origin=str(path))
    for call in CALL.finditer(code):
        shape = FUNCTIONS[call.group(1)]
        texts, position = [], call.end()
        while len(texts) < len(shape) and (literal := LITERAL.match(code, position)):
            texts.append(ast.literal_eval(literal.group(1)))
            position = literal.end()
        if len(texts) == len(shape):
            line = code.count("\n", 0, call.start()) + 1
            yield message_of(shape, texts, f"{path.relative_to(ROOT)}:{line}")


def message_of(shape: str, texts: list[str], where: str) -> Message:
    part = dict(zip(shape, texts, strict=True))
    return Message(part["s"], part.get("p", ""), part.get("c"), where)


def entry_of(message: Message) -> polib.POEntry:
    entry = polib.POEntry(msgid=message.msgid, msgctxt=message.context)
    if message.plural:
        entry.msgid_plural = message.plural
        entry.msgstr_plural = {0: ""}
    return entry


def read(context: Path, *, twice: bool = False) -> polib.POFile:
    """The catalogue; `twice` reads one in which a merge has left entries twice."""
    path = context / CATALOGUE
    if not path.exists():
        return empty_catalogue()
    # Said here, not guessed: a catalogue written by hand may come without its header.
    catalogue = polib.pofile(str(path), wrapwidth=110, encoding="utf-8", check_for_duplicates=not twice)
    catalogue.metadata = METADATA
    return catalogue


def empty_catalogue() -> polib.POFile:
    catalogue = polib.POFile(wrapwidth=110)
    catalogue.metadata = METADATA
    return catalogue


def translation(entry: polib.POEntry) -> str:
    return str(entry.msgstr_plural.get(0, "")) if entry.msgid_plural else entry.msgstr


def holes(text: str) -> list[str]:
    return sorted(set(PLACEHOLDER.findall(text)))


def say(line: str) -> None:
    sys.stdout.write(line + "\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
