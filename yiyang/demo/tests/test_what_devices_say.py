"""What generated wearers and recordings say, as messages; and that a gateway repeats what nobody acknowledged."""

import os
from collections import Counter
from pathlib import Path

import httpx
import pytest

from yiyang.demo.devices.recorded import UnknownRecording, records
from yiyang.demo.devices.sending import Gateway
from yiyang.demo.devices.wearing import Worn, last_words, quiet_today, said
from yiyang.devices.rules.kinds import DeviceKind
from yiyang.devices.rules.refused import Why
from yiyang.gateways.devices import senml
from yiyang.gateways.devices.decoding import Refused
from yiyang.gateways.ingest import answers
from yiyang.gateways.ingest.inbox import Answer
from yiyang.kernel.time import now

OUTSIDE = Path(os.environ.get("YIYANG_TEST_DATA", Path(__file__).resolve().parents[4] / "shared" / "data"))
START = 1_790_000_000.0
WORN = [
    Worn(f"urn:dev:ser:{kind}-{who}", kind, who, located=True) for who in range(40) for kind in DeviceKind
]

SELDOM = {"CALL_BUTTON", "PRESSURE_METER", "LOCATOR"}


def test_an_hour_in_one_piece_is_the_hour_minute_by_minute():
    whole = said(1, WORN, START, START + 3600)
    pieces = [
        one for minute in range(60) for one in said(1, WORN, START + minute * 60, START + minute * 60 + 60)
    ]

    key = lambda record: (record["n"], record["t"])  # noqa: E731
    assert len(whole) > 5000
    assert sorted(whole, key=key) == sorted(pieces, key=key)


def test_the_last_word_of_every_device_that_speaks_is_found_however_seldom_it_speaks():
    since = START - 26 * 3600
    some = [one for one in WORN[:200] if one.who < 2 or one.kind in SELDOM]
    speaking = [one for one in some if not quiet_today(1, one, START)]
    all_of_it = said(1, speaking, since, START)
    newest = {one["n"].rpartition("/")[0]: one["t"] for one in all_of_it}

    found = last_words(1, speaking, since, START)

    assert {one["n"].rpartition("/")[0]: one["t"] for one in found} == newest
    assert {repr(one) for one in found} <= {repr(one) for one in all_of_it}
    kinds = {one.kind for one in speaking if one.urn in newest}
    assert {"CALL_BUTTON", "PRESSURE_METER", "BRACELET", "LOCATOR"} <= kinds


def test_a_device_that_is_quiet_today_says_nothing_today():
    worn = [Worn(f"urn:dev:ser:b-{who}", "BRACELET", who, located=True) for who in range(2000)]
    quiet = [one for one in worn if quiet_today(1, one, START)]
    assert 0 < len(quiet) < 40

    midnight = START // 86400 * 86400
    assert said(1, quiet, midnight, START) == []
    assert len(said(1, quiet, midnight - 3600, midnight)) > 60 * len(quiet) / 2


def test_all_that_is_said_is_understood():
    import json

    decoded = senml.decode_json(json.dumps(said(1, WORN, START, START + 600)).encode(), now(), 100_000)

    assert not decoded.refused
    assert Counter(bool(pack.positions) for pack in decoded.packs)[True] == 80


@pytest.mark.outside_data
@pytest.mark.parametrize("folder", ["vitals-icu", "cgm"])
def test_recordings_become_readings(folder):
    files = [path for path in sorted((OUTSIDE / folder).glob("*.csv*"))]
    if not files:
        pytest.skip(f"YIYANG_TEST_DATA has no {folder}")
    for path in files:
        found = list(records(path, "urn:dev:ser:1", START))
        assert found
        assert len({(one["n"], one["t"]) for one in found}) == len(found)


def test_a_file_of_another_kind_is_named(tmp_path):
    (tmp_path / "x.csv").write_text("a,b\n1,2\n")

    with pytest.raises(UnknownRecording, match="expected the columns"):
        list(records(tmp_path / "x.csv", "urn:dev:ser:1", START))


def test_what_is_not_acknowledged_is_sent_again():
    statuses = [503, 0, 202]

    def answer(request: httpx.Request) -> httpx.Response:
        status = statuses.pop(0)
        if not status:
            raise httpx.ConnectError("nobody there")
        return httpx.Response(status, json={"stored": 2, "repeated": 0, "rejected": 0})

    gateway = Gateway("http://here", "secret", pause=lambda seconds: None)
    gateway._client = httpx.Client(base_url="http://here", transport=httpx.MockTransport(answer))

    assert gateway.send([{"n": "a", "v": 1}, {"n": "b", "v": 2}]) == Counter(stored=2)
    assert not statuses


def test_a_gateway_counts_what_was_not_taken_and_goes_on() -> None:
    """Somebody takes a device back while it still speaks."""
    told = Answer(stored=1, refused=[Refused(1, Why.LENT_TO_NOBODY, urn="urn:x")])
    gateway = Gateway("http://here", "secret")
    gateway._client = httpx.Client(
        base_url="http://here",
        transport=httpx.MockTransport(lambda request: httpx.Response(202, json=answers.told(told, "en")[1])),
    )

    assert gateway.send([{"n": "a", "v": 1}, {"n": "b", "v": 2}]) == Counter(stored=1, rejected=1)
