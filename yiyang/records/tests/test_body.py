"""What goes in comes out, digit for digit; what cannot be kept is refused in words."""

from __future__ import annotations

import json
import time
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yiyang.kernel.refusals import Refusal
from yiyang.records import refusals
from yiyang.records.r4.body import Number, decode, read, write, written
from yiyang.records.tests.outside import examples


def by_letter(text: str | bytes) -> Any:
    """JSON with each number as its own letters."""
    return json.loads(
        text, parse_float=lambda found: ("number", found), parse_int=lambda found: ("number", found)
    )


def rest(text: str | bytes) -> dict[str, Any]:
    return {key: value for key, value in by_letter(text).items() if key not in ("id", "meta")}


texts = st.text('aé你😀"\\/{[]}:, \n\t\x7f\u2028\uffff', max_size=12)
digits = st.from_regex(r"-?(0|[1-9][0-9]{0,25})(\.[0-9]{1,20})?([eE][+-]?[0-9]{1,2})?", fullmatch=True).map(
    Number
)
values = st.recursive(
    st.none() | st.booleans() | texts | digits,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=20,
)


@settings(max_examples=50, deadline=None)
@given(st.dictionaries(texts, values), st.sampled_from([-1, 0, 3]))
def test_every_value_comes_out_as_it_went_in(found, indent):
    sent = msgspec.json.format(write({**found, "resourceType": "Basic"}), indent=indent)
    body = read(sent.encode())

    stored = body.stored(id="a-1", meta={"versionId": "7"})

    assert rest(stored) == rest(sent)
    assert by_letter(stored)["id"] == "a-1"
    assert by_letter(stored)["meta"] == {"versionId": "7"}
    assert rest(write(body.resource)) == rest(sent)


@pytest.mark.outside_data
def test_every_example_comes_out_as_it_went_in():
    for name, raw in examples().items():
        body = read(raw)

        assert rest(body.stored(id="x", meta={})) == rest(raw), name
        assert by_letter(write(body.resource)) == by_letter(raw), name


def test_values_are_kept_to_the_letter_and_ours_come_first():
    raw = '{"id":"of-theirs","valueDecimal": 1.00,"resourceType":"Basic","note":"\\u4f60\\/ 好","x":[1 ,2]}'.encode()

    stored = read(raw).stored(id="ours", meta={"versionId": "1"})

    assert stored == (
        '{"resourceType":"Basic","id":"ours","meta":{"versionId":"1"},'
        '"valueDecimal":1.00,"note":"\\u4f60\\/ 好","x":[1 ,2]}'
    )


def test_numbers_are_decimals_that_remember_their_text():
    found = decode(b"[1.00, 1E+2, -0, 7, 12345678901234567890]")

    assert found[0] == Decimal("1") and str(found[0]) == "1.00"
    assert found[3] == 7 and type(found[3]) is int
    assert write(found) == "[1.00,1E+2,-0,7,12345678901234567890]"


def test_a_bundle_gives_the_body_of_each_entry():
    raw = b'{"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Basic","v":1.0}},{"fullUrl":"x"}]}'

    (first, basic), (second, nothing) = read(raw).entries()

    assert basic is not None and basic.raw == b'{"resourceType":"Basic","v":1.0}' and basic.type == "Basic"
    assert first["resource"] is basic.resource
    assert second == {"fullUrl": "x"} and nothing is None


def test_a_changed_resource_becomes_a_body():
    body = read(b'{"resourceType":"Basic","v":1.50}')

    changed = written({**body.resource, "w": 2})

    assert changed.stored(id="1", meta={}) == '{"resourceType":"Basic","id":"1","meta":{},"v":1.50,"w":2}'


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"", refusals.NotJson),
        (b'{"resourceType":"Basic",}', refusals.NotJson),
        (b'{"resourceType":"Basic"} {}', refusals.NotJson),
        (b'{"resourceType":"Basic","a":"\n"}', refusals.NotJson),
        (b'{"resourceType":"Basic","a":01}', refusals.NotJson),
        (b'{"resourceType":"Basic","a":"\xff"}', refusals.NotUnicode),
        (b'{"resourceType":"Basic","a":"\xed\xa0\x80"}', refusals.NotUnicode),
        (b'{"resourceType":"Basic","a":"\\u0000"}', refusals.UnfitCharacter),
        (b'{"resourceType":"Basic","a":["\\uD83D"]}', refusals.UnfitCharacter),
        (b'{"resourceType":"Basic","a":1,"a":1}', refusals.KeyTwice),
        (b'{"resourceType":"Basic","a":{"b":1,"\\u0062":2}}', refusals.KeyTwice),
        (b'{"resourceType":"Basic","a":NaN}', refusals.UnfitNumber),
        (b'{"resourceType":"Basic","a":-Infinity}', refusals.UnfitNumber),
        (b'{"resourceType":"Basic","a":1e999999999999999999999}', refusals.UnfitNumber),
        (b'{"resourceType":"Basic","a":' + b"1" * 5000 + b"}", refusals.UnfitNumber),
        (b"[]", refusals.NotAResource),
        (b"null", refusals.NotAResource),
        (b'{"resourceType":["Basic"]}', refusals.NotAResource),
        (b'{"resourceType":"Citation"}', refusals.NoSuchType),
        (b'{"resourceType":"patient"}', refusals.NoSuchType),
        (b'{"resourceType":"Basic","a":' + b"[" * 100 + b"]" * 100 + b"}", refusals.BodyTooDeep),
        (b'{"resourceType":"Basic","a":' + b'{"[":[' * 100_000, refusals.BodyTooDeep),
    ],
)
def test_what_cannot_be_kept_is_refused(raw, why):
    with pytest.raises(why) as refused:
        read(raw)

    assert str(refused.value)


def test_pairs_of_surrogates_and_brackets_in_texts_are_taken():
    assert decode(b'["\\ud83d\\ude00", "\\\\u0000"]') == ["\U0001f600", "\\u0000"]
    assert read(b'{"resourceType":"Basic","a":"' + b"[{" * 500 + b'"}')
    assert read(b'{"resourceType":"Basic","a":' + b"[" * 99 + b"]" * 99 + b"}")


def test_a_body_over_the_limit_is_not_even_read():
    with pytest.raises(refusals.ResourceTooLarge):
        read(b"x" * 1001, limit=1000)


def test_hostile_texts_take_no_longer_than_others():
    begun = time.process_time()

    for raw in (b'"' + b'\\"' * 500_000, b'{"a":' * 200_000, b"[" * 99 + b"[],[]" * 200_000):
        with pytest.raises(Refusal):
            decode(raw)

    assert time.process_time() - begun < 3
