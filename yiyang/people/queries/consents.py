"""Consents in words: on pages, before one agrees, and on the printed form."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext

from yiyang.access.purposes import in_words
from yiyang.kernel.time import now
from yiyang.kernel.words import listed
from yiyang.people.models import Consent, ConsentAct, Scope
from yiyang.people.rules.kinds_of_data import KindOfData, Sensitive

# As long as this the printed form still fits on one page.
UNITS_PRINTED = 12


def only_for(purposes: Iterable[str] | None) -> str:
    """For which purposes it is open, where that is not care alone."""
    return str(_("; only for: {purposes}").format(purposes=listed(in_words(purposes)))) if purposes else ""


def what_is_open(
    scope: str, kinds: Iterable[str] | None, labels: Iterable[str], purposes: Iterable[str] | None = None
) -> str:
    """What may be seen, in one sentence."""
    names = [str(KindOfData(one).label) for one in kinds or ()]
    comma = pgettext("between kinds of data", ", ")
    said = str(Scope(scope).label) + (
        _("; besides: {kinds}").format(kinds=comma.join(names)) if names else ""
    )
    sensitive = [str(Sensitive(one).label) for one in labels]
    if sensitive:
        said += _("; sensitive data too: {labels}").format(labels=comma.join(sensitive))
    return said + only_for(purposes)


@dataclass(frozen=True)
class Opened:
    """A consent as the pages show it."""

    consent: Consent

    @property
    def in_words(self) -> str:
        return what_is_open(
            self.consent.scope, self.consent.kinds, self.consent.labels, self.consent.purposes
        )

    @property
    def act(self) -> ConsentAct | None:
        return self.consent.act

    @property
    def later(self) -> bool:
        return self.consent.given_at > now()

    @property
    def last_day(self) -> date | None:
        return last_day(self.consent.expires_at)


def opened(consent: Consent) -> Opened:
    return Opened(consent)


def last_day(ends_at: datetime | None) -> date | None:
    """The last day on which something is open that ends at this moment, usually midnight."""
    if ends_at is None:
        return None
    return localdate(ends_at - timedelta(microseconds=1))


@dataclass(frozen=True)
class Tick:
    label: str
    on: bool


@dataclass
class Sheet:
    """The printed form: what is agreed, or boxes to be ticked by hand where nothing was chosen."""

    units: list[str] = field(default_factory=list)
    widths: list[Tick] = field(default_factory=list)
    kinds: list[Tick] = field(default_factory=list)
    labels: list[Tick] = field(default_factory=list)
    purpose: str = ""
    from_on: date | None = None
    last_day: date | None = None
    open_ended: bool = False
    act: ConsentAct | None = None


def printed(consent: Consent) -> Sheet:
    """All that was agreed in the same act, which is printed on one page."""
    same = [consent]
    if consent.act_id is not None:
        of_act = Consent.objects.filter(act_id=consent.act_id).select_related("organisation").order_by("pk")
        same = list(of_act[:UNITS_PRINTED])
    return Sheet(
        units=[one.organisation.name for one in same],
        **_ticks(consent.scope, consent.kinds or (), consent.labels),
        purpose=_printed_purpose(consent), from_on=localdate(consent.given_at), last_day=last_day(consent.expires_at),
        open_ended=consent.expires_at is None, act=consent.act,
    )  # fmt: skip


def _printed_purpose(consent: Consent) -> str:
    """The words, and what they count as where that is not care and the words do not say it."""
    with override("zh-hans"):
        counts = [one for one in in_words(consent.purposes or ()) if one not in consent.purpose]
    return f"{consent.purpose}（{'、'.join(counts)}）" if counts else consent.purpose


def to_be_signed(form: Any) -> Sheet:
    """The same page before anybody has signed: what was chosen so far in the form of staff."""
    told = getattr(form, "cleaned_data", {})
    names = {str(code): name for _group, units in form.fields["organisation"].choices for code, name in units}
    width = told.get("width", "")
    scope = Scope.BASIC if width == "SOME" else width
    chosen = "lasting" in told and "until_on" not in form.errors
    starts_at, expires_at = form.period() if chosen else (None, None)
    return Sheet(
        units=[names[one] for one in told.get("organisation", ())][:UNITS_PRINTED],
        **_ticks(scope, told.get("kinds", ()) if width == "SOME" else (), told.get("labels", ())),
        purpose=form.purpose_in_words() if told.get("purpose") else "",
        from_on=localdate(starts_at or now()) if chosen else None,
        last_day=last_day(expires_at), open_ended=chosen and expires_at is None,
    )  # fmt: skip


def chosen(form: Any) -> list[tuple[str, list[str]]]:
    """What somebody is about to agree to, as question and answer."""
    told = form.told()
    names = {str(code): name for _group, units in form.fields["organisation"].choices for code, name in units}
    starts_at, expires_at = form.period()
    last = last_day(expires_at)
    until = _("until {day}, that day included").format(day=last) if last else _("until you withdraw it")
    since = _("from {day}").format(day=localdate(starts_at)) if starts_at else _("from now on")
    kinds = [str(KindOfData(one).label) for one in told["kinds"] or ()]
    seen = [str(Scope(told["scope"]).label), *kinds]
    sensitive = [str(Sensitive(one).label) for one in told["labels"]]
    return [
        (pgettext("consent", "Who may see it"), [names[one] for one in form.cleaned_data["organisation"]]),
        (pgettext("of a consent", "What"), seen),
        *([(_("Sensitive data too"), sensitive)] if sensitive else []),
        (pgettext("of a consent", "How long"), [_("{since}, {until}").format(since=since, until=until)]),
        (_("What for"), [form.purpose_read()]),
    ]


def _ticks(scope: str, kinds: Sequence[str], labels: Sequence[str]) -> dict[str, Any]:
    widths = [
        (pgettext("on paper", "the kinds of data ticked below, with name, age and address"), bool(kinds)),
        (pgettext("on paper", "the whole record"), scope == Scope.FULL),
        (pgettext("on paper", "what a move to another place needs"), scope == Scope.MOVE),
        (pgettext("on paper", "only name, age and address"), scope == Scope.BASIC and not kinds),
    ]
    return {
        "widths": [Tick(*one) for one in widths],
        "kinds": [Tick(str(one.label), one.value in kinds) for one in KindOfData],
        "labels": [Tick(str(one.label), one.value in labels) for one in Sensitive],
    }
