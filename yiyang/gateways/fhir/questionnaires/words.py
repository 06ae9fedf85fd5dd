"""Names that Questionnaires use: addresses of systems and extensions, codes made of them, words in two languages."""

from __future__ import annotations

import hashlib
import re
from typing import Any
from urllib.parse import quote

from yiyang.assessments.rules.parts import CODE
from yiyang.assessments.rules.texts import Text

HL7 = "http://hl7.org/fhir/StructureDefinition/"
TRANSLATION = HL7 + "translation"
ORDINAL = HL7 + "ordinalValue"
OTHER_ORDINALS = (ORDINAL, HL7 + "questionnaire-ordinalValue", HL7 + "itemWeight")
CONTROL = HL7 + "questionnaire-itemControl"
CONTROLS = "http://hl7.org/fhir/questionnaire-item-control"
EXCLUSIVE = HL7 + "questionnaire-optionExclusive"
UNIT = HL7 + "questionnaire-unit"
UNIT_OPTION = HL7 + "questionnaire-unitOption"
LEAST, MOST = HL7 + "minValue", HL7 + "maxValue"
DECIMALS = HL7 + "maxDecimalPlaces"
UCUM = "http://unitsofmeasure.org"
LOINC = "http://loinc.org"

OWN = "urn:yiyang:questionnaire:"
OWN_SYSTEM = "urn:yiyang:instrument:"
FILE = "urn:yiyang:instrument-file"
FOREIGN_CODE = "Q."
FOREIGN_SOURCE = "FHIR R4 Questionnaire: "
LONGEST_CODE, LONGEST_INSTRUMENT = 64, 40


def canonical(code: str, version: str = "") -> str:
    return f"{OWN}{quote(code)}" + (f"|{version}" if version else "")


def system_of(instrument: str, item: str = "") -> str:
    """Of the options of an item; without one, of the instrument's items and results."""
    return OWN_SYSTEM + quote(instrument, safe="") + (f":{quote(item, safe='')}" if item else "")


def code_from(words: str, longest: int = LONGEST_CODE) -> str:
    """The same code for the same words, always one that an instrument's file may have."""
    if CODE.fullmatch(words) and len(words) <= longest:
        return words
    kept = re.sub(r"[^A-Za-z0-9._+-]+", "-", words).strip("-._+")
    if kept and len(kept) <= longest and re.sub(r"[^A-Za-z0-9]", "", words) == re.sub(r"\W|_", "", kept):
        return kept
    mark = hashlib.sha256(words.encode()).hexdigest()[:8]
    return f"{kept[: longest - 9]}-{mark}" if kept else f"x{mark}"


def marked(words: str, longest: int = LONGEST_CODE) -> str:
    """Another code for words of which the plain one is taken."""
    mark = hashlib.sha256(words.encode()).hexdigest()[:8]
    return f"{code_from(words, longest - 9)}-{mark}"


def instrument_code(address: str) -> tuple[str, str]:
    """Code and version that a canonical address points to; the code of another system's is marked as such."""
    url, _, version = address.partition("|")
    if url.startswith(OWN):
        return url.removeprefix(OWN), version
    last = url.rstrip("/").rsplit("/", 1)[-1].rsplit(":", 1)[-1]
    return FOREIGN_CODE + code_from(last, LONGEST_INSTRUMENT - len(FOREIGN_CODE)).upper(), version


def said(key: str, text: Text) -> dict[str, Any]:
    """The Chinese words, with the English as a translation."""
    if not text:
        return {}
    if text.zh == text.en:
        return {key: text.zh}
    return {
        key: text.zh,
        f"_{key}": {
            "extension": [
                {
                    "url": TRANSLATION,
                    "extension": [
                        {"url": "lang", "valueCode": "en"},
                        {"url": "content", "valueString": text.en},
                    ],
                }
            ]
        },
    }


def heard(found: dict[str, Any], key: str) -> dict[str, str] | None:
    """Both languages of an element; one that is lacking is taken from the other. None: there are no words."""
    plain = str(found.get(key) or "").strip()
    words = {"zh": plain, "en": plain}
    for one in extensions(found.get(f"_{key}"), TRANSLATION):
        language = str(value_of(one, "lang") or "").lower()
        content = str(value_of(one, "content") or "").strip()
        for wanted in words:
            if language.startswith(wanted) and content:
                words[wanted] = content
    plain = words["zh"] or words["en"]
    return {"zh": words["zh"] or plain, "en": words["en"] or plain} if plain else None


def extensions(found: Any, *urls: str) -> list[dict[str, Any]]:
    listed = found.get("extension") if isinstance(found, dict) else None
    if not isinstance(listed, list):
        return []
    return [one for one in listed if isinstance(one, dict) and one.get("url") in urls]


def value_of(found: dict[str, Any], url: str = "") -> Any:
    """The value of an extension, or of the part `url` of one that has several."""
    if url:
        parts = extensions(found, url)
        return value_of(parts[0]) if parts else None
    return next((value for key, value in found.items() if key.startswith("value")), None)


def extended(found: Any, *urls: str) -> Any:
    """The value of the first extension of these; None: there is none."""
    listed = extensions(found, *urls)
    return value_of(listed[0]) if listed else None


def extension(url: str, kind: str, value: Any) -> dict[str, Any]:
    return {"url": url, f"value{kind}": value}


def coding(system: str, code: str, text: Text | None = None) -> dict[str, Any]:
    return {"system": system, "code": code, **(said("display", text) if text else {})}


def number(value: float) -> float | int:
    """Whole numbers without a point."""
    return int(value) if float(value).is_integer() else value
