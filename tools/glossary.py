#!/usr/bin/env python
"""Write the codes of GLOSSARY.md anew from the code and its translations: python tools/glossary.py

What stands above the mark is written by hand and kept.
"""

from __future__ import annotations

import importlib
import os
import pkgutil
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yiyang.project.settings")

import django  # noqa: E402

django.setup()

from django.db.models import TextChoices  # noqa: E402
from django.utils.translation import override  # noqa: E402

GLOSSARY = ROOT / "GLOSSARY.md"
MARK = "<!-- From here on written by tools/glossary.py -->\n"
CONTEXTS = ("access", "duty", "people", "beds", "supervision")


def main() -> None:
    kept = GLOSSARY.read_text(encoding="utf-8").split(MARK)[0]
    GLOSSARY.write_text(kept + MARK + "\n".join([*roles(), *codes()]) + "\n", encoding="utf-8")


def roles() -> Iterator[str]:
    from yiyang.access.roles import ROLES

    yield "\n## Roles\n\n| zh | en | identifier | what it is for |\n|---|---|---|---|"
    for role in ROLES.values():
        yield f"| {role.zh} | {role.en} | `{role.code}` | {role.sentence_zh} {role.sentence_en} |"


def codes() -> Iterator[str]:
    for context in CONTEXTS:
        for choices in choices_of(context):
            name = choices.__qualname__.replace(".", ": ")
            yield f"\n## {name} (`{context}`)\n\n| zh | en | identifier |\n|---|---|---|"
            for member in choices:
                yield f"| {said(member, 'zh-hans')} | {said(member, 'en')} | `{member.value}` |"


def said(member: TextChoices, language: str) -> str:
    with override(language):
        return str(member.label)


def choices_of(context: str) -> list[type[TextChoices]]:
    found: dict[str, type[TextChoices]] = {}
    for module in modules(f"yiyang.{context}"):
        for choices in all_choices(module):
            if choices.__module__ == module.__name__:
                found[choices.__qualname__] = choices
    return list(found.values())


def all_choices(holder: object) -> Iterator[type[TextChoices]]:
    for value in list(vars(holder).values()):
        if isinstance(value, type) and issubclass(value, TextChoices) and value is not TextChoices:
            yield value
        elif (
            isinstance(value, type) and isinstance(holder, ModuleType) and value.__module__ == holder.__name__
        ):
            yield from all_choices(value)


def modules(package: str) -> Iterator[ModuleType]:
    root = importlib.import_module(package)
    for found in pkgutil.walk_packages(root.__path__, f"{package}."):
        if not {"migrations", "tests", "apps"} & set(found.name.split(".")):
            yield importlib.import_module(found.name)


if __name__ == "__main__":
    main()
