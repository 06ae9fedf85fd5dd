"""Lists page by page: a marker says after which row the next page begins, so nothing is shown twice or missed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, Any, Generic, TypeVar

from django.core import signing
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel, Field

from yiyang.kernel.api.schemas import Shown
from yiyang.kernel.api.values import Number, OneLine
from yiyang.kernel.refusals import Refusal

LIMIT = 50
LIMIT_AT_MOST = 200
T = TypeVar("T")
Row = TypeVar("Row", bound=Model)


class PageMarkerMalformed(Refusal):
    message = _(
        "This page marker was not given out here, or for another list. Start the list from its beginning."
    )
    status = 422


class Page(Shown, Generic[T]):
    """One page of a list; `next` is the marker for the next page, null on the last."""

    items: list[T]
    next: str | None = None

    @classmethod
    def model_parametrized_name(cls, params: tuple[type[Any], ...]) -> str:
        return f"{params[0].__name__}Page"


class Paging(BaseModel):
    """How much of a list, and from where."""

    cursor: Annotated[str, OneLine(1000), Field(description="`next` of the page before")] = ""
    limit: Annotated[int, Number(1, LIMIT_AT_MOST)] = LIMIT


def page(
    rows: QuerySet[Row, Any], paging: Paging, *, by: Sequence[str], show: Callable[[list[Row]], list[T]]
) -> tuple[list[T], str | None, list[Row]]:
    """The page's items as shown, the next marker, and the rows themselves. `by` ends with a unique field."""
    salt = f"api.{rows.model._meta.label}.{'.'.join(by)}"
    if paging.cursor:
        rows = rows.filter(_after(rows.model, by, _read(paging.cursor, salt, len(by))))
    found = list(rows.order_by(*by)[: paging.limit + 1])
    more = len(found) > paging.limit
    found = found[: paging.limit]
    marker = _write([getattr(found[-1], name.lstrip("-")) for name in by], salt) if more else None
    return show(found), marker, found


def _after(model: type[Model], by: Sequence[str], values: list[Any]) -> Q:
    """Rows that come later in the order: (a, b) > (x, y), each part in its own direction."""
    condition, equal = Q(), Q()
    for name, value in zip(by, values, strict=True):
        field = name.lstrip("-")
        value = model._meta.get_field(field if field != "pk" else model._meta.pk.name).to_python(value)  # type: ignore[union-attr]
        condition |= equal & Q(**{f"{field}__{'lt' if name.startswith('-') else 'gt'}": value})
        equal &= Q(**{field: value})
    return condition


class _Values:
    """Instants and ids as text inside the marker."""

    def dumps(self, values: Any) -> bytes:
        return DjangoJSONEncoder(separators=(",", ":"), ensure_ascii=False).encode(values).encode()

    def loads(self, raw: bytes) -> Any:
        import json

        return json.loads(raw)


def _write(values: list[Any], salt: str) -> str:
    return signing.Signer(salt=salt).sign_object([_exact(value) for value in values], serializer=_Values)


def _read(marker: str, salt: str, length: int) -> list[Any]:
    try:
        values = signing.Signer(salt=salt).unsign_object(marker, serializer=_Values)
    except (signing.BadSignature, ValueError) as error:
        raise PageMarkerMalformed from error
    if not isinstance(values, list) or len(values) != length:
        raise PageMarkerMalformed
    return values


def _exact(value: Any) -> Any:
    """Microseconds count: the encoder for JSON would cut them to milliseconds."""
    return value.isoformat() if hasattr(value, "isoformat") else value
