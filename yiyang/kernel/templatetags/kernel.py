"""The components of the screens: `{% load kernel %}`. Each draws one template in kernel/components/."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from django import template
from django.forms import BaseForm, BoundField
from django.utils import timezone
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from yiyang.kernel import doers, pages_seen, time
from yiyang.kernel.components import Chart, Ribbon, Table, kind_of
from yiyang.kernel.components.fields import drawn, groups, problems
from yiyang.kernel.components.lists import link
from yiyang.kernel.components.occupancy import figures_of, segments
from yiyang.kernel.components.sparks import drawn as drawn_spark
from yiyang.kernel.components.times import absolute, ended, full_day, in_full, left, pressing, relative
from yiyang.kernel.words import listed as in_a_list

register = template.Library()
FOLDER = "kernel/components"


@register.simple_tag(takes_context=True)
def spoken(context: Any, code: str, whole: bool = False) -> SafeString | str:
    """The attribute of an element whose words people have recorded. `whole`: the recording says all that stands
    there; otherwise it says the sense of it, and names, times and telephones are left to be read."""
    url = (context.get("recorded") or {}).get(code)
    if not url:
        return ""
    return format_html(' data-spoken="{}"{}', url, SafeString(" data-spoken-whole" if whole else ""))


# Forms


@register.inclusion_tag(f"{FOLDER}/form.html", takes_context=True)
def form(
    context: Any,
    form: BaseForm,
    submit: Any = "",
    cancel: str = "",
    danger: bool = False,
    action: str = "",
    wide: bool = False,
) -> dict[str, Any]:
    """A whole POST form: errors first, fields, the button. `cancel` is the address to go back to."""
    return {
        "form": form,
        "submit": submit,
        "cancel": cancel,
        "danger": danger,
        "action": action,
        "wide": wide,
        "csrf_token": context.get("csrf_token"),
    }


@register.inclusion_tag(f"{FOLDER}/fields.html")
def fields(form: BaseForm) -> dict[str, Any]:
    """The error summary and all fields, for a <form> of your own; `form.fieldsets` groups them."""
    return {"form": form, "problems": problems(form), "groups": groups(form), "hidden": form.hidden_fields()}


@register.inclusion_tag(f"{FOLDER}/field.html")
def field(bound: BoundField) -> dict[str, Any]:
    """One field: label, hint, error, control."""
    return {"field": drawn(bound)}


@register.inclusion_tag(f"{FOLDER}/error_summary.html")
def error_summary(form: BaseForm) -> dict[str, Any]:
    """What is wrong, first and focused; each line leads to its field."""
    return {"problems": problems(form)}


@register.inclusion_tag(f"{FOLDER}/filters.html", takes_context=True)
def filters(context: Any, form: BaseForm, submit: Any = "") -> dict[str, Any]:
    """A GET form over a list; what was chosen stays in the address, with the order of the table."""
    request = context["request"]
    return {
        "fields": [drawn(bound) for bound in form.visible_fields()],
        "hidden": form.hidden_fields(),
        "sort": request.GET.get("sort", ""),
        "path": request.path,
        "chosen": any(request.GET.get(bound.html_name) for bound in form),
        "submit": submit,
    }


# Beds


@register.inclusion_tag(f"{FOLDER}/kind_badge.html")
def kind_badge(kind: Any, words: bool = True) -> dict[str, Any]:
    """A kind of bed as its seal; `words=False` keeps the name for screen readers alone."""
    return {"kind": kind_of(kind), "words": words}


@register.filter
def kind_style(kind: Any) -> str:
    """The class that sets `--kind`, the colour of a kind of bed."""
    return kind_of(kind).style


@register.filter
def kind_label(kind: Any) -> Any:
    """The name of a kind of bed."""
    return kind_of(kind).label


@register.inclusion_tag(f"{FOLDER}/occupancy_bar.html")
def occupancy_bar(figures: Any, kind: Any = "", words: bool = True, url: str = "") -> dict[str, Any]:
    """Present, held, reserved, cleaning, maintenance, free, closed; extra apart; the figures in text too.

    `figures` is Figures or anything with the same keys; `words=False` draws the bar alone where the row
    beside it already says the figures; `url` leads to the rows and gets `?state=…`.
    """
    shown = figures_of(figures)
    return {
        "figures": shown,
        "segments": list(segments(shown)),
        "kind": kind_of(kind) if kind else None,
        "words": words,
        "url": url,
        "joint": "&" if "?" in url else "?",
    }


@register.inclusion_tag(f"{FOLDER}/occupancy_legend.html")
def occupancy_legend() -> dict[str, Any]:
    """What the patterns of the occupancy bars mean; once on a page."""
    from yiyang.kernel.components.occupancy import STATES

    return {"states": STATES}


@register.inclusion_tag(f"{FOLDER}/bed_ribbon.html")
def bed_ribbon(ribbon: Ribbon) -> dict[str, Any]:
    """A person's years as one band, and the same as a table."""
    return {"ribbon": ribbon}


@register.simple_tag
def spark(
    points: Sequence[float],
    low: float | None = None,
    high: float | None = None,
    label: Any = "",
    unit: Any = "",
) -> SafeString:
    """The last values (oldest first) with the person's own limits as a band; the newest in words."""
    return drawn_spark(points, low, high, label, unit)


# Times


@register.inclusion_tag(f"{FOLDER}/when.html")
def when(at: datetime | date | None, beside: bool = True) -> dict[str, Any]:
    """An instant ("10:58, in 16 min") or a date; `beside=False` leaves the relative part out."""
    if at is None or not isinstance(at, datetime):
        return {"at": at, "text": full_day(at) if at else "", "iso": at.isoformat() if at else ""}
    now = time.now()
    return {
        "at": at,
        "iso": timezone.localtime(at).isoformat(timespec="minutes"),
        "text": absolute(at, now),
        "paper": in_full(at),
        "relative": relative(at, now) if beside else "",
    }


@register.inclusion_tag(f"{FOLDER}/during.html")
def during(since: datetime, until: datetime) -> dict[str, Any]:
    """From when to when ("9 Nov, 15:36 – 23 Nov, 08:10"): an end on another day says its day, today's too."""
    return {"since": since, "until": until, "iso": timezone.localtime(until).isoformat(timespec="minutes"),
            "text": ended(until, since, time.now()), "paper": in_full(until)}  # fmt: skip


@register.filter
def ago(at: datetime) -> str:
    """How far away an instant is: "12 min ago"."""
    return relative(at, time.now())


@register.inclusion_tag(f"{FOLDER}/countdown.html")
def countdown(
    deadline: datetime, who: Any, what: Any, soon: int = 15, answers: Any = None, phoned: str = ""
) -> dict[str, Any]:
    """Who must do what by when; warning from `soon` minutes before, danger once it has passed.

    `answers` is whoever is on duty there (name, telephone, dial, gap), to be called by one press; `phoned` is
    the address where a call is recorded.
    """
    now = time.now()
    return {
        "deadline": deadline,
        "iso": deadline.isoformat(),
        "text": absolute(deadline, now),
        "left": left(deadline, now),
        "who": who,
        "what": what,
        "soon": soon,
        "state": pressing(deadline, now, soon),
        "answers": answers,
        "phoned": phoned,
    }


# Words


@register.inclusion_tag(f"{FOLDER}/reason.html")
def reason(text: Any, url: str = "", link: Any = "") -> dict[str, Any]:
    """One sentence of why, and a link to the rows or the rule behind it."""
    return {"text": text, "url": url, "link": link}


@register.simple_tag
def tag(text: Any, tone: str = "") -> SafeString:
    """A state in words; `tone` is good, warning, danger, or nothing. Written here: lists have hundreds of them."""
    return format_html('<span class="tag {}">{}</span>', tone, text)


@register.inclusion_tag(f"{FOLDER}/notice.html")
def notice(text: Any, tone: str = "", url: str = "", link: Any = "") -> dict[str, Any]:
    """One line that the reader should know before going on; `tone` is warning, danger, or nothing."""
    return {"text": text, "tone": tone, "url": url, "link": link}


@register.inclusion_tag(f"{FOLDER}/empty.html")
def empty(title: Any, hint: Any = "", url: str = "", action: Any = "") -> dict[str, Any]:
    """Nothing here yet: what would appear, and how to get there."""
    return {"title": title, "hint": hint, "url": url, "action": action}


@register.inclusion_tag(f"{FOLDER}/stat.html")
def stat(
    label: Any, value: Any, url: str = "", of: Any = None, note: Any = "", kind: Any = ""
) -> dict[str, Any]:
    """A figure; `url` leads to the rows that it was counted from. Stands in <ul class="stats">."""
    return {
        "label": label,
        "value": value,
        "url": url,
        "of": of,
        "note": note,
        "kind": kind_of(kind) if kind else None,
    }


@register.inclusion_tag(f"{FOLDER}/door.html")
def door(label: Any, url: str, hint: Any = "") -> dict[str, Any]:
    """One large way on, for elders. Stands in <ul class="doors">."""
    return {"label": label, "url": url, "hint": hint}


@register.inclusion_tag(f"{FOLDER}/place.html")
def place(name: Any, kind: Any = "", before: Any = "", after: Any = "") -> dict[str, Any]:
    """Where somebody is: a line before ("You live in"), the name of the place, a line after."""
    return {"name": name, "kind": kind_of(kind) if kind else None, "before": before, "after": after}


@register.inclusion_tag(f"{FOLDER}/facts.html")
def facts(pairs: Iterable[tuple[Any, Any]]) -> dict[str, Any]:
    """Names and values; an empty value is said to be not known."""
    return {"pairs": pairs}


@register.inclusion_tag(f"{FOLDER}/history.html")
def history(entries: Iterable[Any]) -> dict[str, Any]:
    """What happened, newest first: entries have what, at, who, why, url."""
    return {"entries": entries}


@register.inclusion_tag(f"{FOLDER}/steps.html")
def steps(items: Iterable[Any], label: Any = "") -> dict[str, Any]:
    """The steps of a process: items have name, state (done, current, later), note."""
    return {"steps": items, "label": label}


@register.inclusion_tag(f"{FOLDER}/tabs.html")
def tabs(items: Iterable[Any], label: Any) -> dict[str, Any]:
    """Links to sides of one thing: NavigationItem with label, url, current, count."""
    return {"items": items, "label": label}


@register.filter
def unbroken(number: str) -> SafeString:
    """A telephone number that is read as one, never broken over two lines."""
    return format_html('<span class="unbroken">{}</span>', number)


@register.filter
def page_seen(page: str) -> str:
    """What somebody looked at, in words."""
    return pages_seen.in_words(page)


@register.filter
def listed(words: Iterable[Any]) -> str:
    """Words beside each other, with the comma of the reader's language."""
    return in_a_list(words)


@register.filter
def doer(label: str) -> str:
    """Who did it, as it was written down: the title in the reader's language."""
    return doers.in_words(label or "")


# Tables and charts


@register.inclusion_tag(f"{FOLDER}/table_head.html")
def table_head(table: Table) -> dict[str, Any]:
    """<caption> and <thead> of a table: sorting by links. Stands first inside <table>."""
    return {"table": table}


@register.inclusion_tag(f"{FOLDER}/exports.html")
def exports(table: Table) -> dict[str, Any]:
    """Links to the same rows as CSV or XLSX."""
    return {"table": table}


@register.inclusion_tag(f"{FOLDER}/pages.html", takes_context=True)
def pages(context: Any, after: Any = "", shown: int | None = None) -> dict[str, Any]:
    """The way to the next page by its cursor, and back to the start."""
    request = context["request"]
    return {
        "next": link(request, after=str(after)) if after else "",
        "first": link(request, after=None) if request.GET.get("after") else "",
        "shown": shown,
    }


@register.inclusion_tag(f"{FOLDER}/chart.html")
def chart(chart: Chart, name: str = "chart") -> dict[str, Any]:
    """A drawing, its sentence, and its table; `name` distinguishes charts on one page."""
    return {"chart": chart, "name": name, "data": chart.as_data(), "rows": _rows_of(chart)}


def _rows_of(chart: Chart) -> str:
    """Written here, since a template takes a second for the thousands of rows of ten years."""
    return mark_safe(
        "".join(
            f'<tr><th scope="row">{escape(category)}</th>'
            + "".join(f'<td class="number">{"–" if one is None else escape(str(one))}</td>' for one in values)
            + "</tr>"
            for category, values in chart.rows()
        )
    )


@register.filter
def bed_state(code: str) -> Any:
    """PRESENT, HELD or RESERVED in words."""
    from yiyang.kernel.components.ribbon import STATES

    return STATES.get(code, code)
