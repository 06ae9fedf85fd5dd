"""JSON Pointer (RFC 6901): where an operation of a JSON Patch looks and writes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from yiyang.records.refusals import NotAPatch, NothingToPatch

NUMBER = re.compile(r"0|[1-9][0-9]{0,8}", re.ASCII)
WRONG_ESCAPE = re.compile(r"~(?![01])")


@dataclass(frozen=True, slots=True)
class Pointer:
    text: str
    steps: tuple[str, ...]


def read(text: Any, part: str, number: int) -> Pointer:
    if not isinstance(text, str) or (text and not text.startswith("/")) or WRONG_ESCAPE.search(text):
        raise NotAPatch(number=number, part=part)
    return Pointer(text, tuple(one.replace("~1", "/").replace("~0", "~") for one in text.split("/")[1:]))


def get(found: Any, path: Pointer, number: int) -> Any:
    for step in path.steps:
        found = _inside(found, step, path, number)
    return found


def add(found: Any, path: Pointer, value: Any, number: int) -> Any:
    if not path.steps:
        return value
    owner = _owner(found, path, number)
    step = path.steps[-1]
    if isinstance(owner, dict):
        owner[step] = value
    elif isinstance(owner, list):
        at = len(owner) if step == "-" else _index(step, len(owner) + 1, path, number)
        owner.insert(at, value)
    else:
        raise NothingToPatch(number=number, path=path.text)
    return found


def replace(found: Any, path: Pointer, value: Any, number: int) -> Any:
    if not path.steps:
        return value
    get(found, path, number)
    owner = _owner(found, path, number)
    if isinstance(owner, dict):
        owner[path.steps[-1]] = value
    else:
        owner[int(path.steps[-1])] = value
    return found


def remove(found: Any, path: Pointer, number: int) -> Any:
    if not path.steps:
        return None
    get(found, path, number)
    owner = _owner(found, path, number)
    del owner[path.steps[-1] if isinstance(owner, dict) else int(path.steps[-1])]
    return found


def _owner(found: Any, path: Pointer, number: int) -> Any:
    for step in path.steps[:-1]:
        found = _inside(found, step, path, number)
    return found


def _inside(found: Any, step: str, path: Pointer, number: int) -> Any:
    if isinstance(found, dict) and step in found:
        return found[step]
    if isinstance(found, list):
        return found[_index(step, len(found), path, number)]
    raise NothingToPatch(number=number, path=path.text)


def _index(step: str, end: int, path: Pointer, number: int) -> int:
    if not NUMBER.fullmatch(step) or int(step) >= end:
        raise NothingToPatch(number=number, path=path.text)
    return int(step)
