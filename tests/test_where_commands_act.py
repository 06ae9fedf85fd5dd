"""Every command says in which organisation its permission is asked for, or that it belongs to none."""

from __future__ import annotations

import pytest

from yiyang.access.permissions import Permission
from yiyang.access.roles import ROLES
from yiyang.kernel.commands import ANYWHERE, REGISTRY, Command
from yiyang.project import urls  # the whole platform is imported with its pages

assert urls

# Commands of a role that name neither an organisation nor a person.
OF_NOBODY = {
    "access.record_export": "the auditor takes out the trail of the auditor's own area",
    "access.release_notices": "an operator's act after a restore",
    "records.judge_topics": "an operator's act after the lists of a policy changed",
    "kernel.begin_generation": "an operator's act after a restore",
    "kernel.record_sentence": "a fixed sentence that all elders of the installation hear; it is about nobody",
    "kernel.erase_sentence": "as it was recorded",
}

# Permissions whose commands ask themselves whom the actor serves, before they do anything.
ASKED_WITHIN = {Permission.MANAGE_FAMILY_SIGN_IN: "the account belongs to a family that the actor serves"}

OURS = {name: one for name, one in REGISTRY.items() if ".tests." not in one.run.__module__}
GIVEN_BY_A_ROLE = {permission for role in ROLES.values() for permission in role.permissions}


@pytest.mark.parametrize("name", sorted(OURS))
def test_each_command_says_where_it_acts(name: str) -> None:
    assert OURS[name].within is not None, "say within=…; within=ANYWHERE when it belongs to no organisation"


def acts_anywhere(one: Command) -> bool:
    return one.within is ANYWHERE and one.permission in GIVEN_BY_A_ROLE - {
        Permission.USE_OWN_ACCOUNT,
        *ASKED_WITHIN,
    }


@pytest.mark.parametrize("name", sorted(name for name, one in OURS.items() if acts_anywhere(one)))
def test_what_belongs_to_no_organisation_is_about_a_person_whom_the_actor_sees(name: str) -> None:
    assert OURS[name].about is not None or name in OF_NOBODY


def test_the_list_of_commands_about_nobody_names_only_commands_that_exist() -> None:
    assert set(OF_NOBODY) <= set(OURS)
