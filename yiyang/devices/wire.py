"""Arrays of numpy as binary arrays of PostgreSQL, and back: no Python object for each value."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from weakref import WeakSet

import numpy as np
import numpy.typing as npt
import psycopg
from django.db import connection
from psycopg.adapt import AdaptersMap, Buffer, Dumper, Loader
from psycopg.pq import Format

Array = npt.NDArray[Any]
EPOCH = 946_684_800_000_000  # µs from 1970 to 2000, from where PostgreSQL counts
FOREVER, EVER = (
    np.iinfo(np.int64).max,
    np.iinfo(np.int64).min,
)  # 'infinity' and '-infinity' as PostgreSQL sends them
HEADER = 20
COPY_HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)

# type of the element, of the array, shape of one value
BOOLEANS, INT2, INT4, INT8, FLOAT4, FLOAT8, TEXTS, INSTANTS, UUIDS, DATES = (
    (16, 1000, "?"), (21, 1005, ">i2"), (23, 1007, ">i4"), (20, 1016, ">i8"), (700, 1021, ">f4"), (701, 1022, ">f8"),
    (25, 1009, ""), (1184, 1185, ">i8"), (2950, 2951, "V16"), (1082, 1182, ">i4"),
)  # fmt: skip
KINDS = (BOOLEANS, INT2, INT4, INT8, FLOAT4, FLOAT8, TEXTS, INSTANTS, UUIDS, DATES)


class Sent:
    """The bytes of one array on their way to the database."""

    __slots__ = ("data",)

    def __init__(self, data: bytes) -> None:
        self.data = data


class _AsSent(Dumper):
    format = Format.BINARY

    def dump(self, obj: Sent) -> Buffer:
        return obj.data


class _AsReceived(Loader):
    format = Format.BINARY

    def load(self, data: Buffer) -> bytes:
        return bytes(data)


SENT = {array: type(f"Sent{array}", (Sent,), {"__slots__": ()}) for _element, array, _shape in KINDS}
DUMPERS = [
    (SENT[array], type(f"Dump{array}", (_AsSent,), {"oid": array})) for _element, array, _shape in KINDS
]


_taught: WeakSet[Any] = WeakSet()


def cursor() -> psycopg.Cursor[Any]:
    """On Django's connection of this thread, which understands `sent` and gives arrays as bytes."""
    connection.ensure_connection()
    connection.validate_no_broken_transaction()
    raw = connection.connection
    if raw not in _taught:
        _teach(raw.adapters)
        _taught.add(raw)
    made: psycopg.Cursor[Any] = psycopg.Cursor(raw)
    made.format = Format.BINARY
    return made


def _teach(adapters: AdaptersMap) -> None:
    """Once for a connection. Nobody else on it asks for arrays in binary form."""
    for kind, dumper in DUMPERS:
        adapters.register_dumper(kind, dumper)
    for _element, array, _shape in KINDS:
        adapters.register_loader(array, _AsReceived)


def sent(kind: tuple[int, int, str], values: Any) -> Sent:
    """An array as a value of a statement."""
    element, array, shape = kind
    if not shape:
        return _texts(values)
    count = len(values)
    body = np.empty(count, dtype=[("length", ">i4"), ("value", shape)])
    body["length"] = np.dtype(shape).itemsize
    body["value"] = values
    made: Sent = SENT[array](_header(element, count) + body.tobytes())
    return made


def _texts(values: Sequence[str]) -> Sent:
    parts = [_header(25, len(values))]
    for one in values:
        text = one.encode()
        parts.append(len(text).to_bytes(4, "big"))
        parts.append(text)
    made: Sent = SENT[1009](b"".join(parts))
    return made


def _header(element: int, count: int) -> bytes:
    return np.array([1, 0, element, count, 1] if count else [0, 0, element], ">i4").tobytes()


def received(kind: tuple[int, int, str], data: bytes | None) -> Array:
    """What `array_agg` gave, without NULLs, of values of one length."""
    shape = kind[2]
    if data is None or len(data) < HEADER:
        return np.empty(0, dtype=shape)
    pairs = np.frombuffer(data, dtype=[("length", ">i4"), ("value", shape)], offset=HEADER)
    return pairs["value"].astype(np.dtype(shape).newbyteorder("="))


def rows(kinds: Sequence[tuple[int, int, str]], columns: Sequence[Any]) -> bytes:
    """Whole rows, as binary COPY takes them."""
    shape: list[tuple[str, str]] = [("columns", ">i2")]
    for place, kind in enumerate(kinds):
        shape += [(f"length{place}", ">i4"), (f"value{place}", kind[2])]
    whole = np.empty(len(columns[0]), np.dtype(shape))
    whole["columns"] = len(kinds)
    for place, (kind, column) in enumerate(zip(kinds, columns, strict=True)):
        whole[f"length{place}"] = np.dtype(kind[2]).itemsize
        whole[f"value{place}"] = column
    return COPY_HEADER + whole.tobytes() + b"\xff\xff"
