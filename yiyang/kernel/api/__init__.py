"""What the JSON API of every context is made of: routes, values, problems, answers given once, pages."""

from yiyang.kernel.api.pages import LIMIT, Page, Paging, page
from yiyang.kernel.api.references import named
from yiyang.kernel.api.routes import Answer, Routes
from yiyang.kernel.api.schemas import Example, Shown, Told
from yiyang.kernel.api.values import (
    Code,
    Day,
    Flag,
    Id,
    Instant,
    Line,
    Name,
    Number,
    OneLine,
    OneOf,
    Sentence,
    Text,
)

__all__ = [
    "LIMIT",
    "Answer",
    "Code",
    "Day",
    "Example",
    "Flag",
    "Id",
    "Instant",
    "Line",
    "Name",
    "Number",
    "OneLine",
    "OneOf",
    "Page",
    "Paging",
    "Routes",
    "Sentence",
    "Shown",
    "Text",
    "Told",
    "named",
    "page",
]
