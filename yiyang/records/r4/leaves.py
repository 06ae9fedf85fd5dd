"""Checks of what has no elements inside: primitive values, codes and the text of a narrative."""

from __future__ import annotations

import re
from typing import Any

from yiyang.records.r4 import definitions, issues, narrative
from yiyang.records.r4.definitions import Element
from yiyang.records.r4.primitives import FITS, is_string
from yiyang.records.r4.scope import Check, Scope

SHOWN = 20
# Sets that have a syntax and no list.
SYNTAX = {"http://hl7.org/fhir/ValueSet/currencies": re.compile(r"[A-Z]{3}")}


def is_among(coding: Any, codes: dict[str, frozenset[str]]) -> bool:
    return isinstance(coding, dict) and str(coding.get("code")) in codes.get(str(coding.get("system")), ())


def codes_of(element: Element) -> dict[str, frozenset[str]] | None:
    return definitions.required_codes(element.values) if element.strength == "required" else None


def primitive(element: Element, kind: str) -> Check:
    fits = FITS[kind]
    listed = codes_of(element) if kind in ("code", "string", "uri") else None
    if listed is not None:
        return _one_of(frozenset().union(*listed.values()))
    if element.strength == "required" and element.values in SYNTAX:
        return _of_syntax(SYNTAX[element.values], element.values)
    local = kind in ("uri", "url", "canonical")

    def check(found: Any, where: Any, scope: Scope) -> None:
        if not fits(found):
            _wrong(found, kind, where, scope)
        elif local and found[0] == "#":
            scope.refer(found)

    return check


def _wrong(found: Any, kind: str, where: Any, scope: Scope) -> None:
    if type(found) in (dict, list):
        shown = "{…}" if type(found) is dict else "[…]"
    else:
        shown = found[:40] if isinstance(found, str) else str(found)[:40]
    scope.checking.say(where, "value", issues.WRONG_VALUE, value=shown, type=kind)


def _one_of(allowed: frozenset[str]) -> Check:
    words = ", ".join(sorted(allowed)[:SHOWN]) + (" …" if len(allowed) > SHOWN else "")

    def check(found: Any, where: Any, scope: Scope) -> None:
        if type(found) is not str:
            _wrong(found, "code", where, scope)
        elif found not in allowed:
            scope.checking.say(where, "code-invalid", issues.WRONG_CODE, value=found[:40], allowed=words)

    return check


def _of_syntax(pattern: re.Pattern[str], values: str) -> Check:
    def check(found: Any, where: Any, scope: Scope) -> None:
        if type(found) is not str:
            _wrong(found, "code", where, scope)
        elif not pattern.fullmatch(found):
            scope.checking.say(where, "code-invalid", issues.NO_CODE_OF_SET, values=values)

    return check


def xhtml(found: Any, where: Any, scope: Scope) -> None:
    if not is_string(found):
        return _wrong(found, "xhtml", where, scope)
    fault, name = narrative.fault(found)
    words = {"xml": issues.NOT_XHTML, "root": issues.NOT_DIV, "name": issues.NOT_IN_TEXT}
    if fault in words:
        return scope.checking.say(where, "invariant", words[fault], name=name[:60])
    # HL7's own examples have such texts: advice, no reason to refuse a record.
    if fault == "empty":
        scope.checking.advise(where, "invariant", issues.EMPTY_TEXT)
    elif fault == "attribute":
        scope.checking.advise(where, "invariant", issues.NOT_IN_TEXT, name=name[:60])
    return None
