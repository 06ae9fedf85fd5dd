"""What can be asked of codes: $lookup, $validate-code, $subsumes and $expand. They are nobody's data, so every
account may ask."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from yiyang.gateways.fhir.rest import answers, operations
from yiyang.gateways.fhir.rest.answers import Answer
from yiyang.gateways.fhir.rest.asked import Asked
from yiyang.kernel.refusals import Refusal
from yiyang.kernel.time import now
from yiyang.records import queries
from yiyang.records.queries import terms
from yiyang.records.r4 import body as bodies
from yiyang.records.terms import resources
from yiyang.records.terms.concepts import Concept, ValueSet

LARGEST = 4 * 1024 * 1024
MOST_CODINGS = 50
PAGE = 1000
LANGUAGE = "displayLanguage"


class NothingAsked(Refusal):
    message = gettext_lazy("Say what is asked: {fitting}.")
    status = 400
    issue_code = "required"


class Given:
    """The parameters of an operation, of its address and its body."""

    def __init__(self, asked: Asked, known: tuple[str, ...]) -> None:
        self.plain: dict[str, list[str]] = {}
        self.parts: dict[str, Any] = {}
        for name, value in asked.searching:
            self._take(name, value, known)
        raw = asked.body(LARGEST) if asked.method == "POST" else b""
        if raw.strip():
            self._read(raw, known)

    def first(self, name: str) -> str:
        return next(iter(self.plain.get(name, ())), "")

    def whole(self, name: str, most: int = 10**9) -> int | None:
        text = self.first(name)
        if not text:
            return None
        if not (text.isascii() and text.isdecimal() and len(text) < 10):
            raise operations.OperationParameterMalformed(name=name, value=text[:60], example="20")
        return min(int(text), most)

    def yes(self, name: str) -> bool:
        text = self.first(name)
        if text not in ("", "true", "false"):
            raise operations.OperationParameterMalformed(name=name, value=text[:60], example="true")
        return text == "true"

    def language(self) -> str:
        return self.first(LANGUAGE)[:20] or get_language() or "zh-hans"

    def codings(self, system: str = "system") -> list[tuple[str, str, str]]:
        """System, code and words of what is asked about: a code, a coding or a concept with several."""
        concept = self.parts.get("codeableConcept")
        told = concept.get("coding", []) if isinstance(concept, Mapping) else []
        if isinstance(self.parts.get("coding"), Mapping):
            told = [self.parts["coding"]]
        if not isinstance(told, list) or len(told) > MOST_CODINGS:
            raise operations.ParametersExpected(expression="Parameters.parameter")
        found = [_coding(one) for one in told if isinstance(one, Mapping)]
        if not found and self.first("code"):
            found = [(self.first(system), self.first("code"), self.first("display"))]
        return [one for one in found if one[1]]

    def _take(self, name: str, value: Any, known: tuple[str, ...]) -> None:
        operations.refuse_unknown([(name, "")], known)
        if isinstance(value, Mapping | list):
            self.parts[name] = value
        elif isinstance(value, bool):
            self.plain.setdefault(name, []).append("true" if value else "false")
        else:
            self.plain.setdefault(name, []).append(str(value)[: operations.LONGEST])

    def _read(self, raw: bytes, known: tuple[str, ...]) -> None:
        resource = bodies.read(raw).resource
        listed = resource.get("parameter", [])
        if resource["resourceType"] != "Parameters" or not isinstance(listed, list) or len(listed) > 200:
            raise operations.ParametersExpected(expression="Parameters.parameter")
        for place, told in enumerate(listed):
            keys = (
                [k for k in told if k.startswith("value") or k == "resource"]
                if isinstance(told, dict)
                else []
            )
            if len(keys) != 1 or not isinstance(told.get("name"), str):
                raise operations.ParametersExpected(expression=f"Parameters.parameter[{place}]")
            self._take(told["name"], told[keys[0]], known)


def lookup(asked: Asked, type: str, id: str = "") -> Answer:
    given = Given(asked, ("code", "system", "version", "coding", "date", LANGUAGE, "property"))
    system, code, _display = _one(given, _url(asked, type, id))
    codes, found = terms.lookup(system, code, given.first("version"))
    wanted = set(given.plain.get("property", ()))
    told: list[tuple[str, Any]] = [
        ("name", codes.about.name or codes.about.shown("en")),
        ("version", codes.about.version),
        ("display", found.shown(given.language())),
    ]
    told += [("designation", one) for one in _designations(found)]
    told += [("property", one) for one in _properties(found, codes) if not wanted or one["code"] in wanted]
    return _parameters(told)


def validate_code(asked: Asked, type: str, id: str = "") -> Answer:
    given = Given(
        asked,
        ("url", "code", "version", "display", "coding", "codeableConcept", "date", "abstract", LANGUAGE),
    )
    url = _url(asked, type, id) or given.first("url")
    codings = given.codings("url")
    if not codings or not (url or any(one[0] for one in codings)):
        raise NothingAsked(fitting="url + code, coding, codeableConcept")
    for system, code, display in codings:
        if url and system not in ("", url):
            continue
        found = terms.validate(url or system, code, given.first("version"))
        if found.is_in:
            return _judged(found, display, given.language())
    code = codings[0][1][:200]
    return _parameters(
        [
            ("result", False),
            (
                "message",
                _("The code “{code}” is not in “{system}”.").format(code=code, system=url or codings[0][0]),
            ),
        ]
    )


def validate_in_set(asked: Asked, type: str, id: str = "") -> Answer:
    given = Given(
        asked,
        ("url", "valueSet", "valueSetVersion", "code", "system", "systemVersion", "display", "coding",
         "codeableConcept", "date", "abstract", LANGUAGE),
    )  # fmt: skip
    one = _set(asked, given, type, id)
    codings = given.codings()
    if not codings:
        raise NothingAsked(fitting="code + system, coding, codeableConcept")
    for system, code, display in codings:
        found = terms.member(one, [(system, code)])
        if found.is_in:
            return _judged(found, display, given.language())
    code = codings[0][1][:200]
    return _parameters(
        [
            ("result", False),
            ("message", _("The code “{code}” is not in “{system}”.").format(code=code, system=one.url)),
        ]
    )


def subsumes(asked: Asked, type: str, id: str = "") -> Answer:
    given = Given(asked, ("codeA", "codeB", "codingA", "codingB", "system", "version"))
    system = _url(asked, type, id) or given.first("system")
    pair = []
    for letter in "AB":
        coding = given.parts.get(f"coding{letter}")
        told = _coding(coding) if isinstance(coding, Mapping) else (system, given.first(f"code{letter}"), "")
        pair.append((told[0] or system, told[1]))
    (first, one), (second, other) = pair
    if not (first and one and other) or first != second:
        raise NothingAsked(fitting="system + codeA + codeB")
    return _parameters([("outcome", terms.subsumes(first, one, other, given.first("version")))])


def expand(asked: Asked, type: str, id: str = "") -> Answer:
    given = Given(
        asked,
        ("url", "valueSet", "valueSetVersion", "filter", "offset", "count", "includeDesignations",
         "includeDefinition", "activeOnly", "excludeNested", LANGUAGE, "date"),
    )  # fmt: skip
    one = _set(asked, given, type, id)
    offset, count = given.whole("offset") or 0, given.whole("count", PAGE)
    text = given.first("filter")
    found = terms.expansion(one, text=text, active=given.yes("activeOnly"), offset=offset, count=count)
    language, designations = given.language(), given.yes("includeDesignations")
    told = [
        ("filter", "valueString", text),
        ("offset", "valueInteger", offset),
        ("count", "valueInteger", count),
    ]
    expansion: dict[str, Any] = {
        "identifier": f"urn:uuid:{uuid4()}",
        "timestamp": now().isoformat(timespec="seconds"),
        "total": found.total,
        "offset": offset,
        "parameter": [{"name": name, key: value} for name, key, value in told if value not in ("", None)],
        "contains": [_contained(each, language, designations) for each in found.concepts],
    }
    about = one.about
    body = {
        "resourceType": "ValueSet",
        **({"url": about.url} if about.url else {}),
        **({"version": about.version} if about.version else {}),
        **({"title": about.shown(language)} if about.title or about.title_zh else {}),
        "status": "active",
        **({"copyright": about.licence} if about.licence else {}),
        "expansion": {key: value for key, value in expansion.items() if value not in ([], None)},
    }
    return answers.of_resource(body)


def _set(asked: Asked, given: Given, type: str, id: str) -> ValueSet:
    """The set that is meant: at this address, by its url, or sent along."""
    if id:
        return resources.value_set(_stored(asked, type, id))
    sent = given.parts.get("valueSet")
    if isinstance(sent, Mapping) and sent.get("resourceType") == "ValueSet":
        refuse_invalid(sent)
        return resources.value_set(sent)
    url, version = given.first("url"), given.first("valueSetVersion")
    if not url:
        raise NothingAsked(fitting="url, valueSet")
    return terms.set_called(f"{url}|{version}" if version else url)


def refuse_invalid(resource: Mapping[str, Any]) -> None:
    """A set that was sent along is as FHIR has it, or it is refused as when it is stored."""
    from yiyang.records.commands import check

    check(dict(resource))


def _url(asked: Asked, type: str, id: str) -> str:
    return str(_stored(asked, type, id).get("url", "")) if id else ""


def _stored(asked: Asked, type: str, id: str) -> dict[str, Any]:
    return bodies.decode(queries.resource(asked.actor, type, id).body.encode())


def _one(given: Given, url: str) -> tuple[str, str, str]:
    codings = given.codings()
    system = url or (codings[0][0] if codings else "")
    if not codings or not system:
        raise NothingAsked(fitting="system + code, coding")
    return system, codings[0][1], codings[0][2]


def _coding(told: Mapping[str, Any]) -> tuple[str, str, str]:
    system, code, display = (told.get(key) for key in ("system", "code", "display"))
    return (
        system if isinstance(system, str) else "",
        code if isinstance(code, str) else "",
        display if isinstance(display, str) else "",
    )


def _judged(found: Any, display: str, language: str) -> Answer:
    """It is in the list; with other words than the list has, this is said."""
    known: Concept = found.known
    shown = known.shown(language)
    told: list[tuple[str, Any]] = [("result", True), ("display", shown)]
    if display and display not in (known.display, known.display_zh, shown):
        told = [
            ("result", False),
            ("message", _("“{code}” is called “{display}” here.").format(code=known.code, display=shown)),
            ("display", shown),
        ]
    return _parameters(told)


def _designations(found: Concept) -> list[dict[str, Any]]:
    told = [("zh", found.display_zh), ("en", found.display if found.display != found.display_zh else "")]
    return [{"language": language, "value": value} for language, value in told if value]


def _properties(found: Concept, codes: Any) -> list[dict[str, Any]]:
    told: list[tuple[str, Any]] = [("parent", one) for one in found.parents]
    told += [("child", one.code) for one in codes.select(terms.Wanted(child_of=found.code), 200)]
    told += [("inactive", not found.active)] + ([("notSelectable", True)] if found.abstract else [])
    told += [
        (name, value) for name, value in found.properties.items() if name not in ("inactive", "notSelectable")
    ]
    return [
        {"code": name, "value": value} for name, value in told if isinstance(value, str | bool | int | float)
    ]


def _contained(one: Concept, language: str, designations: bool) -> dict[str, Any]:
    return {
        **({"system": one.system} if one.system else {}),
        **({"abstract": True} if one.abstract else {}),
        **({"inactive": True} if not one.active else {}),
        "code": one.code,
        "display": one.shown(language),
        **({"designation": told} if designations and (told := _designations(one)) else {}),
    }


def _parameters(told: list[tuple[str, Any]]) -> Answer:
    return answers.of_resource(
        {"resourceType": "Parameters", "parameter": [_parameter(*one) for one in told if one[1] != ""]}
    )


CODES = ("code", "language", "outcome", "parent", "child")


def _parameter(name: str, value: Any) -> dict[str, Any]:
    if isinstance(value, dict):
        return {"name": name, "part": [_parameter(*one) for one in value.items()]}
    if isinstance(value, bool):
        return {"name": name, "valueBoolean": value}
    if isinstance(value, int):
        return {"name": name, "valueInteger": value}
    if isinstance(value, float):
        return {"name": name, "valueDecimal": value}
    return {"name": name, "valueCode" if name in CODES else "valueString": value}
