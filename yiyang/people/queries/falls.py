"""The falls of a person that stand: recorded, and not withdrawn."""

from __future__ import annotations

from yiyang.kernel.models import PersonFact
from yiyang.people.models import Person, ids_of

LATEST = 50


def falls_of(person: Person) -> list[PersonFact]:
    """The latest first; for those who hold the person already, more than the basics of whom is open to them."""
    facts = PersonFact.objects.filter(person_id__in=ids_of(person.pk))
    withdrawn = facts.filter(name="person.fall_withdrawn").values_list("data__fall", flat=True)
    gone = {str(one) for one in withdrawn}
    falls = facts.filter(name="person.fell").order_by("-at", "-id")[: LATEST + len(gone)]
    return [one for one in falls if str(one.id) not in gone][:LATEST]
