"""Pages on which persons are seen, in words for whoever reads who looked."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from yiyang.kernel import pages_seen

PAGES = {
    "people.person": _("the person's page"),
    "people.search": _("a list of persons"),
    "people.duplicates": _("possible duplicates while registering"),
    "people.history": _("the history"),
    "people.sight": _("who can see the record"),
    "people.delegations": _("who is entrusted"),
    "people.consents": _("the consents"),
    "people.start_assistance": _("the name, to act for the person"),
    "people.assistance": _("a slip of what was done"),
    "people.edit_person": _("the details, to change them"),
    "records.record": _("the clinical record"),
    "records.entry": _("an entry of the clinical record"),
    "records.trend": _("a trend of results"),
    "records.explain": _("who can see an entry"),
    "records.own_record": _("the health record in plain words"),
    "records.own_part": _("the health record in plain words"),
    "fhir.read": _("an entry of the clinical record, by a program"),
    "fhir.search": _("a search of the clinical record, by a program"),
    "fhir.everything": _("the whole clinical record, by a program"),
    "people.merge_persons": _("a comparison of two records"),
    "packets.link": _("the handover packet, by a link and a code"),
    "records.order_test": _("results of other units, before a test"),
    "fhir.export": _("whole records as files, by a program"),
}
# What stands on the other pages of a context, and on all others.
OF_CONTEXT = {
    "": _("a page about the person"),
    "assessments": _("an assessment"),
    "beds": _("beds, stays and moves"),
    "packets": _("the handover packet"),
    "records": _("the clinical record"),
    "supervision": _("rows behind a figure"),
}

pages_seen.declare(PAGES | OF_CONTEXT)
