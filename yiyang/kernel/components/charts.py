"""A chart is a table that is also drawn."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from yiyang.kernel.components.kinds import kind_of


@dataclass(frozen=True)
class Series:
    """One line or set of bars; `kind` gives it the colour of a kind of bed, `limit` draws it as a limit of others.

    `apart`: the places without a value belong to other series; the line goes on through them.
    """

    name: Any
    values: tuple[float | None, ...]
    kind: Any = ""
    limit: bool = False
    apart: bool = False


@dataclass(frozen=True)
class Span:
    """What happened, from one instant (ISO) to another or at one; `link` opens it."""

    since: str
    label: str
    until: str = ""
    link: str = ""
    grave: bool = False


@dataclass(frozen=True)
class Lane:
    """What happened of one kind, drawn in a line of its own under the chart, on the same axis of time."""

    name: Any
    spans: tuple[Span, ...]


@dataclass(frozen=True)
class Held:
    """A limit that held from one instant to another; `grave` for the graver one, `own` for one person's own."""

    name: Any
    value: float
    since: str
    until: str
    own: bool = False
    grave: bool = False


@dataclass(frozen=True)
class Chart:
    """`shape` is line, bar or stacked. `summary` says in a sentence what the drawing shows.

    With `times` (ISO, one for each category) a line is drawn by the time that lies between its values; then
    `window` is the time it looks at, and `lanes` and `held` lie on the same axis. The page tells them in a table too.
    """

    title: Any
    categories: tuple[Any, ...]
    series: tuple[Series, ...]
    unit: Any = ""
    shape: str = "line"
    summary: Any = ""
    times: tuple[str, ...] = ()
    window: tuple[str, str] | None = None
    lanes: tuple[Lane, ...] = ()
    held: tuple[Held, ...] = ()
    gap: float = 0  # with `times`: where nothing came for so many seconds, a line is not drawn on; 0: always

    def as_data(self) -> dict[str, Any]:
        return {
            "title": str(self.title),
            "summary": str(self.summary),
            "unit": str(self.unit),
            "shape": self.shape,
            "times": list(self.times),
            "window": self.window,
            "gap": self.gap,
            "lanes": [
                {"name": str(one.name), "spans": [asdict(span) for span in one.spans]} for one in self.lanes
            ],
            "held": [{**asdict(one), "name": str(one.name)} for one in self.held],
            "categories": [str(c) for c in self.categories],
            "series": [
                {
                    "name": str(s.name),
                    "values": list(s.values),
                    "limit": s.limit,
                    "apart": s.apart,
                    "colour": f"--{kind_of(s.kind).style.removeprefix('kind-')}" if s.kind else "",
                }
                for s in self.series
            ],
        }

    def rows(self) -> list[tuple[Any, list[float | None]]]:
        return [(c, [s.values[i] for s in self.series]) for i, c in enumerate(self.categories)]
