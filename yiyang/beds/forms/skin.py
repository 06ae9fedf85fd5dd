"""The form of a skin check: a short row for each place of the body, and "all intact"."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from yiyang.beds.forms.transfers import Act
from yiyang.beds.rules import skin


class CheckSkin(Act):
    intact = forms.BooleanField(label=_("The whole skin was looked at and is intact"), required=False)

    def __init__(self, *args: Any, findings: Iterable[dict[str, Any]], known: bool, **kwargs: Any) -> None:
        findings = list(findings)
        initial: dict[str, Any] = {"intact": known and not findings}
        for one in findings:
            initial |= {f"{one['region']}-{name}": value for name, value in one.items() if name != "region"}
        super().__init__(*args, initial=initial, **kwargs)
        for region in skin.REGIONS:
            self.fields[f"{region.code}-finding"] = forms.ChoiceField(
                label=_("Found"), choices=[("", "—"), *skin.FINDINGS.items()], required=False
            )
            self.fields[f"{region.code}-stage"] = forms.ChoiceField(
                label=_("Stage of a pressure injury"),
                choices=[("", "—"), *skin.STAGES.items()],
                required=False,
            )
            self.fields[f"{region.code}-size"] = forms.CharField(
                label=_("Size in cm"), max_length=40, required=False
            )
            self.fields[f"{region.code}-note"] = forms.CharField(
                label=_("Colour, edge, dressing"), max_length=200, required=False
            )

    def drawn(self) -> list[dict[str, Any]]:
        """Front and back, each with its places."""
        return [
            {
                "view": view,
                "label": label,
                "regions": [self._row(one) for one in skin.REGIONS if one.view == view],
            }
            for view, label in ((skin.FRONT, _("Front")), (skin.BACK, _("Back")))
        ]

    def _row(self, region: skin.Region) -> dict[str, Any]:
        fields = [self[f"{region.code}-{name}"] for name in ("finding", "stage", "size", "note")]
        return {"region": region, "fields": fields, "open": any(one.value() for one in fields)}

    def told(self) -> dict[str, Any]:
        given = self.cleaned_data
        findings = []
        for region in skin.REGIONS:
            row = {name: given[f"{region.code}-{name}"] for name in ("finding", "stage", "size", "note")}
            if any(row.values()):
                findings.append(
                    {"region": region.code, "finding": row["finding"] or "OTHER"}
                    | {name: row[name] for name in ("stage", "size", "note") if row[name]}
                )
        return {"findings": findings, "intact": given["intact"]}
