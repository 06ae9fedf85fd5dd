"""Run inside an installation: builds what `moving` drives, and afterwards counts what is there.

python -m yiyang.ops.tests.district, then a line for each question: build NUMBER | owed | count | deadlines | told
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Callable

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.db import connections  # noqa: E402

from yiyang.access.commands import issue_token  # noqa: E402
from yiyang.access.tests.factories import licence  # noqa: E402
from yiyang.beds.jobs import meet_deadlines  # noqa: E402
from yiyang.beds.models import Transfer, TransferStep  # noqa: E402
from yiyang.beds.tests.factories import bed, cast, person, stay  # noqa: E402
from yiyang.beds.tests.promises import broken_promises  # noqa: E402
from yiyang.kernel.actors import SYSTEM  # noqa: E402
from yiyang.kernel.models import PersonFact, PlainFact, ReactionDone, ReactionFault  # noqa: E402
from yiyang.kernel.reactions import REGISTRY  # noqa: E402
from yiyang.kernel.seals import prove  # noqa: E402
from yiyang.kernel.time import now  # noqa: E402

# Nobody signs in by a password here, and hashing those of the cast took most of the building.
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def build(number: int) -> dict[str, object]:
    who = cast()
    licence(who.hospital, ["HOSPITAL"], approved_beds=number)
    licence(who.care_home, ["INSTITUTION"], approved_beds=number)
    tokens = {}
    for role in ("care_home_nurse", "ward_doctor", "admission_office"):
        actor = who.by_role[role]
        _, tokens[role] = issue_token(
            by=SYSTEM, at=now(), account=actor.account, membership=actor.membership, hours=8
        )
    persons, stays = [], []
    for one in range(number):
        elder = person(organisation_id=who.care_home.pk)
        stays.append(str(stay(elder, bed(who.care_home, room=None, label=f"H{one}")).pk))
        bed(who.hospital, "HOSPITAL", room=None, label=f"W{one}")
        persons.append(str(elder.pk))
    return {"hospital": str(who.hospital.pk), "tokens": tokens, "persons": persons, "stays": stays}


def owed() -> dict[str, object]:
    """How many reactions are still to be carried out."""
    done = set(ReactionDone.objects.values_list("fact_id", "reaction"))
    owed = 0
    for facts in (PersonFact, PlainFact):
        for fact_id, name in facts.objects.filter(name__in=REGISTRY).values_list("id", "name"):
            owed += sum((fact_id, reaction.name) not in done for reaction in REGISTRY[name])
    return {"owed": owed}


def count() -> dict[str, object]:
    """What is in the database: steps, reactions, promises that are broken."""
    done = set(ReactionDone.objects.values_list("fact_id", "reaction"))
    twice = Counter(TransferStep.objects.values_list("transfer_id", "verb"))
    broken = prove()
    return {
        "steps": [[str(who), verb] for who, verb in twice],
        "twice": [f"{who} {verb}" for (who, verb), times in twice.items() if times > 1],
        "states": Counter(Transfer.objects.values_list("state", flat=True)),
        "done": len(done),
        "done_twice": ReactionDone.objects.count() - len(done),
        "faults": list(ReactionFault.objects.values_list("reaction", "error")),
        "promises": broken_promises(),
        "seals": str(broken or ""),
    }


def deadlines() -> dict[str, object]:
    """What the worker does each half minute, once more."""
    return {"fired": meet_deadlines(now())}


def told() -> dict[str, object]:
    """The deadlines that have fired, and how late."""
    facts = PersonFact.objects.filter(data__has_key="minutes_late").values_list("name", "subject_id", "data")
    return {"told": [[name, str(of), data["minutes_late"]] for name, of, data in facts]}


WHAT: dict[str, Callable[..., dict[str, object]]] = {
    "build": build,
    "owed": owed,
    "count": count,
    "deadlines": deadlines,
    "told": told,
}

if __name__ == "__main__":
    for line in sys.stdin:
        question, *numbers = line.split()
        print(json.dumps(WHAT[question](*map(int, numbers))), flush=True)  # noqa: T201
        connections.close_all()  # the next question may come after the server was killed
