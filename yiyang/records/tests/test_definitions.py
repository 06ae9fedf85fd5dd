"""The compiled tables say what HL7 says of 4.0.1, no more and no less."""

from __future__ import annotations

import gzip
import hashlib
import json

import pytest

from yiyang.records.r4 import definitions
from yiyang.records.tests.outside import DATA


def test_the_numbers_of_types_never_change():
    names = definitions.types()

    assert len(names) == 146
    assert hashlib.sha256(" ".join(names).encode()).hexdigest()[:16] == "277dd4fd0f7165ea"
    assert [definitions.kind_of(name) for name in ("Account", "Observation", "VisionPrescription")] == [
        1,
        96,
        146,
    ]
    assert all(definitions.type_of(definitions.kind_of(name)) == name for name in names)
    with pytest.raises(KeyError):
        definitions.kind_of("SubscriptionStatus")


def test_a_structure_knows_its_elements():
    observation = definitions.structure("Observation")
    value, kind = observation.by_key["valueQuantity"]

    assert (value.name, value.choice, value.listed, kind) == ("value", True, False, "Quantity")
    assert observation.elements["status"].least == 1
    assert "Patient" in observation.elements["subject"].targets
    assert observation.elements["component"].types == ("Observation.component",)
    assert [rule.key for rule in observation.constraints if rule.key.startswith("obs")] == ["obs-6", "obs-7"]
    assert definitions.structure("Questionnaire.item").elements["item"].types == ("Questionnaire.item",)
    assert definitions.structure("Patient").elements["id"].types == ("id",)
    assert definitions.structure("Observation.referenceRange").elements["low"].types == ("SimpleQuantity",)


def test_codes_and_search_parameters_are_there():
    codes = definitions.required_codes("http://hl7.org/fhir/ValueSet/administrative-gender")
    parameters = definitions.search_parameters("Observation")

    assert codes == {"http://hl7.org/fhir/administrative-gender": {"male", "female", "other", "unknown"}}
    assert definitions.required_codes("http://hl7.org/fhir/ValueSet/mimetypes") is None
    assert {"_id", "_lastUpdated", "_text", "code", "date", "subject"} <= parameters.keys()
    assert "_text" not in definitions.search_parameters("Bundle")
    assert parameters["code-value-quantity"].component[1].expression == "value.as(Quantity)"
    assert definitions.compartment()["Observation"] == ("subject", "performer")
    assert definitions.value_set("http://hl7.org/fhir/ValueSet/observation-status|4.0.1")


# HL7's schema gives every group modifierExtension, also where its own definitions do not, and leaves Meta out.
NOT_COMPARED = {"modifierExtension", "valueMeta", "defaultValueMeta", "fixedMeta", "patternMeta"}


@pytest.mark.outside_data
def test_types_elements_lists_and_codes_are_those_of_hl7s_schema():
    file = DATA / "fhir-r4-definitions" / "fhir.schema.json.gz"
    if not file.exists():
        pytest.skip(f"no {file.name} in {DATA}")
    schema = json.loads(gzip.decompress(file.read_bytes()))
    differ: list[str] = []
    waiting = [(name, name) for name in (*definitions.types(), "Extension", "Timing", "ElementDefinition")]
    seen = set(waiting)
    while waiting:
        path, name = waiting.pop()
        structure = definitions.structure(path)
        theirs = {k: v for k, v in schema["definitions"][name]["properties"].items() if counts(k, v)}
        if theirs.keys() != structure.by_key.keys() - NOT_COMPARED:
            differ.append(f"{path}: {theirs.keys() ^ (structure.by_key.keys() - NOT_COMPARED)}")
            continue
        for key, said in theirs.items():
            element, kind = structure.by_key[key]
            one = said.get("items", said)
            of = one.get("$ref", "").rpartition("/")[2]
            if (said.get("type") == "array") != element.listed:
                differ.append(f"{path}.{key}: a list or not")
            if "enum" in one and codes(element.values) != set(one["enum"]):
                differ.append(f"{path}.{key}: {one['enum']}")
            if not definitions.is_primitive(kind) and kind != "Resource":
                if "_" not in of and definitions.plain(kind) != of:
                    differ.append(f"{path}.{key}: {of}")
                elif (pair := (definitions.plain(kind), of)) not in seen:
                    seen.add(pair)
                    waiting.append(pair)

    assert set(schema["discriminator"]["mapping"]) == set(definitions.types())
    assert differ == []


def counts(key, said):
    return (
        not key.startswith("_")
        and key not in NOT_COMPARED
        and not (key == "resourceType" and "const" in said)
    )


def codes(url):
    found = set().union(*(definitions.required_codes(url) or {"": EXPRESSIONS}).values())
    return found - {"4.0.1"}


EXPRESSIONS = {"text/cql", "text/fhirpath", "application/x-fhir-query"}
