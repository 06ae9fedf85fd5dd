"""Run inside an installation: builds what test_kills drives, and afterwards counts what is there.

python -m yiyang.ops.tests.killed_district build NUMBER | count
"""

from __future__ import annotations

import json
import sys
from collections import Counter

import django

django.setup()

from yiyang.access.commands import issue_token  # noqa: E402
from yiyang.access.tests.factories import licence  # noqa: E402
from yiyang.beds.models import Transfer, TransferStep  # noqa: E402
from yiyang.beds.tests.factories import bed, cast, person, stay  # noqa: E402
from yiyang.beds.tests.promises import broken_promises  # noqa: E402
from yiyang.kernel.actors import SYSTEM  # noqa: E402
from yiyang.kernel.models import PersonFact, PlainFact, ReactionDone, ReactionFault  # noqa: E402
from yiyang.kernel.reactions import REGISTRY  # noqa: E402
from yiyang.kernel.seals import prove  # noqa: E402
from yiyang.kernel.time import now  # noqa: E402


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
    persons = []
    for one in range(number):
        elder = person(organisation_id=who.care_home.pk)
        stay(elder, bed(who.care_home, room=None, label=f"H{one}"))
        bed(who.hospital, "HOSPITAL", room=None, label=f"W{one}")
        persons.append(str(elder.pk))
    return {"hospital": str(who.hospital.pk), "tokens": tokens, "persons": persons}


def count() -> dict[str, object]:
    """What is in the database: steps, reactions that are owed, promises that are broken."""
    done = set(ReactionDone.objects.values_list("fact_id", "reaction"))
    owed = 0
    for facts in (PersonFact, PlainFact):
        for fact_id, name in facts.objects.filter(name__in=REGISTRY).values_list("id", "name"):
            owed += sum((fact_id, reaction.name) not in done for reaction in REGISTRY[name])
    twice = Counter(TransferStep.objects.values_list("transfer_id", "verb"))
    broken = prove()
    return {
        "steps": [[str(who), verb] for who, verb in twice],
        "twice": [f"{who} {verb}" for (who, verb), times in twice.items() if times > 1],
        "states": Counter(Transfer.objects.values_list("state", flat=True)),
        "owed": owed,
        "done": len(done),
        "done_twice": ReactionDone.objects.count() - len(done),
        "faults": list(ReactionFault.objects.values_list("reaction", "error")),
        "promises": broken_promises(),
        "seals": str(broken or ""),
    }


if __name__ == "__main__":
    print(json.dumps(build(int(sys.argv[2])) if sys.argv[1] == "build" else count()))  # noqa: T201
