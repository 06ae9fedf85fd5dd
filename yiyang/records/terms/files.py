"""A file of codes: CSV with a header, or a CodeSystem or ValueSet of FHIR R4. Every fault is said at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import msgspec
from django.utils.translation import gettext as _

from yiyang.records.r4.validating import validate
from yiyang.records.terms import resources, tables
from yiyang.records.terms.concepts import CodeTable, System, ValueSet
from yiyang.records.terms.refusals import TermsFaulty, TermsTooLarge, TermsUnreadable
from yiyang.records.terms.uses import USES

LARGEST = 64 * 2**20
LONGEST = {
    "url": 500,
    "version": 100,
    "name": 200,
    "title": 300,
    "title_zh": 300,
    "source": 500,
    "value_set": 500,
}
LONGEST_CODE, LISTED_AT_MOST, FAULTS_AT_MOST = 200, 20_000, 200


@dataclass
class Faults:
    """What is wrong with a file; only the first of very many are kept."""

    found: list[str] = field(default_factory=list)
    number: int = 0

    def add(self, text: str) -> None:
        self.number += 1
        if len(self.found) < FAULTS_AT_MOST:
            self.found.append(text)


def read(content: bytes, name: str, told: Mapping[str, Any] | None = None) -> CodeTable | ValueSet:
    """What the file holds. `told` says what it does not say itself, or says otherwise: url, version, title, licence,
    source, uses. TermsFaulty with every fault."""
    if len(content) > LARGEST:
        raise TermsTooLarge(most=LARGEST // 2**20)
    faults = Faults()
    given = {key: value for key, value in (told or {}).items() if value}
    start = content.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    found = _resource(content, faults) if start in (b"{", b"[") else tables.read(decoded(content), faults)
    if found is None:
        raise TermsFaulty(number=faults.number, found=faults.found)
    about = found.system if isinstance(found, CodeTable) else found.about
    about = replace(about, **{"source": about.source or name, **given})
    _check_about(about, faults)
    found = (
        CodeTable(about, tuple(replace(one, system=about.url) for one in found.concepts))
        if isinstance(found, CodeTable)
        else ValueSet(about, found.compose)
    )
    for fault in _faults_of_codes(found):
        faults.add(fault)
    if faults.number:
        raise TermsFaulty(number=faults.number, found=faults.found)
    return found


def decoded(content: bytes) -> str:
    """UTF-8, or GB18030 as Chinese spreadsheets write it."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise TermsUnreadable


def _resource(content: bytes, faults: Faults) -> CodeTable | ValueSet | None:
    try:
        told = msgspec.json.decode(content.removeprefix(b"\xef\xbb\xbf"))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise TermsUnreadable from None
    if not isinstance(told, dict) or told.get("resourceType") not in ("CodeSystem", "ValueSet"):
        raise TermsUnreadable
    for issue in validate(told):
        if issue.severity in ("error", "fatal"):
            faults.add(f"{issue.expression}: {issue.text}" if issue.expression else str(issue.text))
    if faults.number:
        return None
    if told["resourceType"] == "ValueSet":
        return resources.value_set(told)
    twice = _twice([str(one["code"]) for one, _parent in resources.walked(told)])
    for code in twice:
        faults.add(_("The code “{code}” stands twice.").format(code=code))
    return resources.code_table(told)


def _check_about(about: System, faults: Faults) -> None:
    if not about.url or any(one.isspace() for one in about.url) or ":" not in about.url:
        faults.add(
            _("The address (url) of the list is missing or is none, such as urn:oid:2.16.840.1 or http://….")
        )
    if not (about.title or about.title_zh or about.name):
        faults.add(_("The title of the list is missing."))
    if not about.licence:
        faults.add(_("Who may use the list is missing (licence): under which terms you have it."))
    for key, most in LONGEST.items():
        if len(getattr(about, key)) > most:
            faults.add(_("“{name}” is longer than {most} characters.").format(name=key, most=most))
    for one in about.uses:
        if one not in USES:
            faults.add(
                _("“{use}” is no use of codes. It is one of: {fitting}.").format(
                    use=one, fitting=", ".join(USES)
                )
            )


def _faults_of_codes(found: CodeTable | ValueSet) -> Iterator[str]:
    if isinstance(found, CodeTable):
        if not found.concepts:
            yield _("The list holds no codes.")
        codes = {one.code for one in found.concepts}
        for one in found.concepts:
            if fault := fault_of(one.code):
                yield fault
            for parent in one.parents:
                if parent not in codes:
                    yield _("“{code}”: the code above it, “{parent}”, is not in the list.").format(
                        code=one.code, parent=parent
                    )
            if one.code in one.above:
                yield _("“{code}” lies above itself.").format(code=one.code)
        return
    includes = found.compose.get("include") or []
    if not includes:
        yield _("The list holds no codes.")
    if sum(len(one.get("concept", [])) for one in includes) > LISTED_AT_MOST:
        yield _("A value set that names more than {most} codes is loaded as a code system.").format(
            most=LISTED_AT_MOST
        )


def fault_of(code: str) -> str:
    """What is wrong with a code; empty when nothing is."""
    if not code or code != code.strip() or any(ord(one) < 32 for one in code):
        return _("“{code}” is no code: it is empty, or has spaces at its ends.").format(code=code[:60])
    return (
        _("“{code}…” is longer than {most} characters.").format(code=code[:60], most=LONGEST_CODE)
        if len(code) > LONGEST_CODE
        else ""
    )


def _twice(codes: Sequence[str]) -> list[str]:
    seen: set[str] = set()
    return [one for one in codes if one in seen or seen.add(one)]  # type: ignore[func-returns-value]
