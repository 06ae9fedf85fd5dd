"""A chart is a table that is also drawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from yiyang.kernel.components.kinds import kind_of


@dataclass(frozen=True)
class Series:
    """One line or set of bars; `kind` gives it the colour of a kind of bed, `limit` draws it as a limit of others."""

    name: Any
    values: tuple[float | None, ...]
    kind: Any = ""
    limit: bool = False


@dataclass(frozen=True)
class Chart:
    """`shape` is line, bar or stacked. `summary` says in a sentence what the drawing shows.

    With `times` (ISO, one for each category) a line is drawn by the time that lies between its values.
    """

    title: Any
    categories: tuple[Any, ...]
    series: tuple[Series, ...]
    unit: Any = ""
    shape: str = "line"
    summary: Any = ""
    times: tuple[str, ...] = ()

    def as_data(self) -> dict[str, Any]:
        return {
            "title": str(self.title),
            "summary": str(self.summary),
            "unit": str(self.unit),
            "shape": self.shape,
            "times": list(self.times),
            "categories": [str(c) for c in self.categories],
            "series": [
                {
                    "name": str(s.name),
                    "values": list(s.values),
                    "limit": s.limit,
                    "colour": f"--{kind_of(s.kind).style.removeprefix('kind-')}" if s.kind else "",
                }
                for s in self.series
            ],
        }

    def rows(self) -> list[tuple[Any, list[float | None]]]:
        return [(c, [s.values[i] for s in self.series]) for i, c in enumerate(self.categories)]
