"""Two records of one person are merged only when that puts nobody in two places."""

from __future__ import annotations

from datetime import timedelta

import pytest

from yiyang.beds import commands
from yiyang.beds.tests.factories import bed, stay
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.time import now
from yiyang.people.commands import merge_persons
from yiyang.people.commands.merge import MergeConflict


def merge(kept, duplicate):
    return merge_persons(
        by=SYSTEM, at=now(), person=kept, duplicate=duplicate, reason="one person, two records"
    )


def test_two_stays_at_one_time_forbid_it_whichever_way(who, elder):
    one, other = elder("王秀英"), elder("王秀英")
    stay(one, bed(who.care_home), at=now() - timedelta(days=2))
    stay(other, bed(who.other_home), at=now() - timedelta(days=1))

    for kept, duplicate in ((one, other), (other, one)):
        with pytest.raises(MergeConflict):
            merge(kept, duplicate)


def test_an_open_stay_stays_under_the_record_that_is_kept(who, elder):
    unknown, known = elder("无名氏"), elder("王秀英")
    episode = stay(unknown, bed(who.hospital, "HOSPITAL"), at=now() - timedelta(days=1))
    with pytest.raises(MergeConflict):
        merge(known, unknown)

    commands.discharge(by=SYSTEM, at=now(), episode=episode, reason="RECOVERED")

    assert merge(known, unknown) == known
