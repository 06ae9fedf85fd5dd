import json
from base64 import urlsafe_b64encode
from datetime import UTC, datetime, timedelta

import cbor2
import pytest

from yiyang.devices.packs import Mark, Why
from yiyang.devices.rules.kinds import Datum
from yiyang.devices.rules.places import to_wgs84
from yiyang.devices.rules.quantities import BY_NAME, BY_NO, QUANTITIES, Shape
from yiyang.devices.rules.units import conversion
from yiyang.gateways.devices.decoding import Decoded, microseconds
from yiyang.gateways.devices.formats import MOST_BYTES, MOST_RECORDS, decode

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
SENML, CBOR, FHIR = "application/senml+json", "application/senml+cbor", "application/fhir+json"


def said(decoded: Decoded) -> list[tuple[str, str, float, int]]:
    """(device, quantity, value, seconds from now) of every reading."""
    return [
        (pack.urn, BY_NO[code].name, round(value, 3), round((at - microseconds(NOW)) / 1e6))
        for pack in decoded.packs
        for at, code, value in zip(pack.at, pack.code, pack.value, strict=True)
    ]


def refusals(decoded: Decoded) -> list[tuple[int | None, Why]]:
    return [(one.record, one.code) for one in decoded.refused]


def senml(*records: dict) -> Decoded:
    return decode(json.dumps(records).encode(), SENML, NOW)


def test_units_are_converted_to_the_one_that_is_kept():
    table = """
        GLUCOSE mg/dL 108 5.995 | GLUCOSE mmol/L 6.1 6.1 | TEMPERATURE [degF] 100.4 38.0 | TEMPERATURE K 310.15 37.0
        SYSTOLIC kPa 16 120.01 | WEIGHT g 65200 65.2 | WEIGHT [lb_av] 150 68.039 | WEIGHT 斤 120 60 | OXYGEN / 0.97 97
        OXYGEN % 97 97 | HEART_RATE Hz 1.2 72 | HEART_RATE bpm 72 72 | HAEMOGLOBIN g/L 132 13.2
        CREATININE mg/dL 1 88.4 | HAEMOGLOBIN_A1C mmol/mol 53 7.0 | LACTATE mg/dL 18.016 2.0 | POTASSIUM meq/L 4.1 4.1
    """
    for name, unit, sent, kept in (row.split() for row in table.replace("\n", "|").split("|") if row.strip()):
        factor, offset = conversion(BY_NAME[name], unit)
        assert float(sent) * factor + offset == pytest.approx(float(kept), abs=0.006), (name, unit)
    assert conversion(BY_NAME["HEART_RATE"], "mg/dL") is None
    assert all(conversion(one, one.ucum) == (1, 0) for one in QUANTITIES if one.shape is Shape.VALUE)


def test_places_of_chinese_maps_become_wgs84():
    """Pairs from the tests of googollee/eviltransform, and of wandergis/coordtransform for BD-09."""
    for sent, kept in (
        ((31.17530398364597, 121.531541859215), (31.1774276, 121.5272106)),
        ((22.540796131694766, 113.9171764808363), (22.543847, 113.912316)),
        ((39.91334545536069, 116.38404722455657), (39.911954, 116.377817)),
        ((48.8584, 2.2945), (48.8584, 2.2945)),
    ):
        assert to_wgs84(*sent, Datum.GCJ02) == pytest.approx(kept, abs=1e-5), sent
    gcj02 = to_wgs84(39.90865673957631, 116.39762729119315, Datum.GCJ02)
    assert to_wgs84(39.915, 116.404, Datum.BD09) == pytest.approx(gcj02, abs=1e-5)
    assert to_wgs84(31.2304, 121.4737, Datum.WGS84) == (31.2304, 121.4737)


def test_base_fields_hold_until_another_comes():
    decoded = senml(
        {"bn": "urn:dev:mac:0024befffe804ff1/", "bt": NOW.timestamp(), "bu": "/min", "n": "8867-4", "v": 72},
        {"n": "9279-1", "v": 16, "t": -60},
        {"n": "OXYGEN", "u": "/", "v": 0.5},
        {"bn": "urn:dev:ow:10e2_", "bv": 20, "n": "ROOM_TEMPERATURE", "u": "Cel", "v": 1.5},
        {"n": "150456", "u": "%", "v": 70},
    )

    assert said(decoded) == [
        ("urn:dev:mac:0024befffe804ff1", "HEART_RATE", 72, 0),
        ("urn:dev:mac:0024befffe804ff1", "BREATHING", 16, -60),
        ("urn:dev:mac:0024befffe804ff1", "OXYGEN", 50, 0),
        ("urn:dev:ow:10e2", "ROOM_TEMPERATURE", 21.5, 0),
        ("urn:dev:ow:10e2", "OXYGEN", 90, 0),
    ]
    assert decoded.packs[0].marks == [0, 0, Mark.CONVERTED]
    assert [places.readings for places in decoded.places] == [[0, 1, 2], [3, 4]]


def test_small_times_count_from_now_and_names_need_no_base():
    decoded = senml(
        {"n": "FALL", "vb": True, "t": -5},
        {"n": "urn:dev:x:mdc:147842", "v": 61},
        {"n": "urn:dev:x_MDC_PULS_OXIM_SAT_O2", "v": 96, "t": (NOW - timedelta(hours=9)).timestamp()},
        {"n": "steps", "s": 4200},
    )

    assert said(decoded) == [
        ("", "FALL", 1, -5),
        ("", "STEPS", 4200, 0),
        ("urn:dev:x", "HEART_RATE", 61, 0),
        ("urn:dev:x", "OXYGEN", 96, -9 * 3600),
    ]


def test_places_batteries_and_signals_come_in_the_same_message():
    ecg = urlsafe_b64encode(b"\x01\x00\xff\xff").decode()
    decoded = senml(
        {"bn": "urn:dev:a:", "n": "lat", "v": 31.175304}, {"n": "lon", "v": 121.531542}, {"n": "accuracy", "v": 8},
        {"n": "datum", "vs": "GCJ02"}, {"n": "battery", "u": "%EL", "v": 81.6},
        {"n": "signal/ECG/250/0.005", "u": "mV", "vd": ecg},
        {"n": "lat", "v": 1, "t": -9},
    )  # fmt: skip

    [pack] = decoded.packs
    [(at, *place)], [signal] = pack.positions, pack.signals
    assert (at, place) == (microseconds(NOW), pytest.approx([31.177428, 121.527211, 8], abs=1e-5))
    assert (pack.urn, pack.battery, pack.datum_said) == ("urn:dev:a", 82, True)
    assert (signal.code, signal.rate, signal.scale, signal.unit) == ("ECG", 250, 0.005, "mV")
    assert signal.samples == b"\x01\x00\xff\xff"
    assert refusals(decoded) == [(6, Why.NOT_A_PLACE)]


def test_cbor_says_the_same_as_json():
    body = cbor2.dumps(
        [{-2: "urn:dev:c/", -3: NOW.timestamp(), 0: "8867-4", 1: "/min", 2: 72}, {0: "CALL", 4: True}]
    )

    assert said(decode(body, CBOR, NOW)) == [("urn:dev:c", "HEART_RATE", 72, 0), ("urn:dev:c", "CALL", 1, 0)]
    assert said(decode(body, "", NOW)) == said(decode(body, CBOR, NOW))


@pytest.mark.parametrize(
    ("record", "why"),
    [
        ('{"n":"8867-4","v":"seventy"}', Why.NOT_A_NUMBER),
        ('{"n":"8867-4","v":NaN}', Why.NOT_A_NUMBER),
        ('{"n":"8867-4","v":-Infinity}', Why.NOT_A_NUMBER),
        ('{"n":"8867-4","v":1e999}', Why.NOT_A_NUMBER),
        ('{"n":"8867-4","v":1e300}', Why.NOT_A_NUMBER),
        ('{"n":"8867-4","u":"mg/dL","v":72}', Why.UNKNOWN_UNIT),
        ('{"n":"8867-4","vb":true}', Why.NOT_A_NUMBER),
        ('{"n":"mood","v":3}', Why.UNKNOWN_QUANTITY),
        ('{"n":"8867-4","v":72,"t":1e18}', Why.MALFORMED),
        ('{"n":"8867-4"}', Why.MALFORMED),
        ('{"n":"battery","v":140}', Why.NOT_A_NUMBER),
        ("[]", Why.MALFORMED),
    ],
)
def test_a_bad_record_is_named_and_the_good_ones_are_kept(record, why):
    body = f'[{{"n":"8867-4","v":70}},{record},{{"n":"8867-4","v":71,"t":-1}}]'.encode()

    decoded = decode(body, SENML, NOW)

    assert said(decoded) == [("", "HEART_RATE", 70, 0), ("", "HEART_RATE", 71, -1)]
    assert refusals(decoded) == [(1, why)]


@pytest.mark.parametrize(
    ("body", "content_type", "why"),
    [
        (b"", SENML, Why.MALFORMED),
        (b"[" * 200_000, SENML, Why.MALFORMED),
        (b'{"n":"8867-4"}', SENML, Why.MALFORMED),
        (b'[{"bver":11,"n":"8867-4","v":1}]', SENML, Why.MALFORMED),
        (b'[{"n":"8867-4","v":1,"must_":1}]', SENML, Why.MALFORMED),
        (b"x" * (MOST_BYTES + 1), SENML, Why.TOO_LARGE),
        (b"[" + b"{}," * MOST_RECORDS + b"{}]", SENML, Why.TOO_LARGE),
        (b"\x81" * 100_000, CBOR, Why.MALFORMED),
        (b"\x9b" + b"\x0f" * 8, CBOR, Why.MALFORMED),
        (b"\x82\xa1\x00", CBOR, Why.MALFORMED),
        (b"\xd8\x23\x61(", CBOR, Why.MALFORMED),
        (b'{"resourceType":"Patient"}', FHIR, Why.MALFORMED),
        (b"<xml/>", "application/xml", Why.MALFORMED),
        (b'{"a":1}', "application/json", Why.MALFORMED),
    ],
)
def test_what_cannot_be_read_at_all_is_one_clear_refusal(body, content_type, why):
    decoded = decode(body, content_type, NOW)

    assert decoded.packs == []
    assert refusals(decoded) == [(None, why)]


def observation(**more) -> dict:
    return {
        "resourceType": "Observation",
        "status": "final",
        "device": {"identifier": {"value": "urn:dev:f"}},
        "effectiveDateTime": "2026-11-23T09:00:00+08:00",
        **more,
    }


def quantity(code: str, value, unit: str = "") -> dict:
    return {"code": {"coding": [{"code": code}]}, "valueQuantity": {"value": value, "code": unit}}


def fhir(*resources: dict) -> Decoded:
    bundle = {"resourceType": "Bundle", "type": "batch", "entry": [{"resource": one} for one in resources]}
    return decode(json.dumps(bundle).encode(), FHIR, NOW)


def test_observations_and_their_components_are_read():
    decoded = fhir(
        observation(**quantity("8867-4", 72, "/min")),
        observation(
            code={"coding": [{"code": "85354-9"}]},
            component=[quantity("8480-6", 128, "mm[Hg]"), quantity("8462-4", 10, "kPa")],
            device={"reference": "Device/urn:dev:g"},
            effectiveDateTime=None,
            effectivePeriod={"start": "2026-11-23T00:58:00Z", "end": "2026-11-23T00:59:00Z"},
        ),
        observation(code={"coding": [{"code": "FALL"}]}, valueBoolean=True),
        observation(code={"coding": [{"code": "8867-4"}]}, dataAbsentReason={"text": "off the wrist"}),
    )

    assert said(decoded) == [
        ("urn:dev:f", "HEART_RATE", 72, 0),
        ("urn:dev:f", "FALL", 1, 0),
        ("urn:dev:g", "SYSTOLIC", 128, -60),
        ("urn:dev:g", "DIASTOLIC", 75.006, -60),
    ]
    assert decoded.refused == []


def test_an_entry_that_is_no_reading_is_named_and_the_others_are_kept():
    decoded = fhir(
        observation(**quantity("8867-4", 72)),
        {"resourceType": "Patient"},
        observation(**quantity("8867-4", "72")),
        observation(**quantity("12345-6", 1)),
        observation(**quantity("8867-4", 72, "Cel")),
        observation(**quantity("8867-4", 72), effectiveDateTime="2026-11-23"),
        observation(**quantity("8867-4", 72), status="entered-in-error"),
        observation(code={"coding": [{"code": "8867-4"}]}),
    )

    assert len(said(decoded)) == 1
    assert refusals(decoded) == [
        (1, Why.MALFORMED), (2, Why.NOT_A_NUMBER), (3, Why.UNKNOWN_QUANTITY), (4, Why.UNKNOWN_UNIT),
        (5, Why.MALFORMED), (6, Why.MALFORMED), (7, Why.NOT_A_NUMBER),
    ]  # fmt: skip


def test_a_bracelet_of_a_maker_is_read_as_its_readme_says():
    usual = {"imei": "861234567890123", "time": "2026-11-23 08:59:00", "bat": 88}
    body = [
        usual | {"hr": 72, "spo2": 0, "temp": 36.5, "sbp": 0, "dbp": 0, "step": 0, "sos": 1, "fall": 0},
        usual | {"lat": 31.175304, "lng": 121.531542, "acc": 25},
        usual | {"lat": 0, "lng": 0, "hr": "-"},
        {"imei": "1"},
    ]

    decoded = decode(json.dumps(body).encode(), "application/vnd.shouhuan+json", NOW)

    urn = "urn:dev:imei:861234567890123"
    assert said(decoded) == [
        (urn, "HEART_RATE", 72, -60), (urn, "TEMPERATURE", 36.5, -60), (urn, "STEPS", 0, -60), (urn, "CALL", 1, -60),
    ]  # fmt: skip
    [pack] = decoded.packs
    assert pack.positions[0][1:3] == pytest.approx((31.177428, 121.527211), abs=1e-5)
    assert pack.battery == 88
    assert refusals(decoded) == [(2, Why.MALFORMED), (3, Why.MALFORMED)]
