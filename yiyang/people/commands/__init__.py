"""Every write to persons and to who may see them."""

from yiyang.people.commands.access_requests import answer_access_request, ask_for_access
from yiyang.people.commands.agreements import (
    attach_agreement_paper,
    end_agreement,
    renew_agreement,
    sign_agreement,
)
from yiyang.people.commands.assistance import end_assistance, start_assistance
from yiyang.people.commands.break_glass import break_glass
from yiyang.people.commands.consent import give_consent, withdraw_consent
from yiyang.people.commands.coverage import ask_for_family_doctor, settle_coverage
from yiyang.people.commands.delegation import delegate_access, revoke_delegation
from yiyang.people.commands.disclosure import record_told, set_disclosure, withdraw_told
from yiyang.people.commands.documents import add_identifier, add_phone, end_identifier, end_phone
from yiyang.people.commands.falls import record_fall, withdraw_fall
from yiyang.people.commands.family import add_contact, end_contact, link_family, unlink_family
from yiyang.people.commands.family_doctor import end_family_doctor_contract, sign_family_doctor_contract
from yiyang.people.commands.guardians import (
    bar_relative,
    end_guardianship,
    lift_barring,
    record_guardianship,
)
from yiyang.people.commands.merge import merge_persons, unmerge_persons
from yiyang.people.commands.narrowing import narrow_consent
from yiyang.people.commands.register import edit_person, note_death, register_person, withdraw_death
from yiyang.people.commands.relationships import close_relationship, open_relationship
from yiyang.people.commands.status import add_group, add_insurance, end_group, end_insurance

__all__ = [
    "add_contact",
    "add_group",
    "add_identifier",
    "add_insurance",
    "add_phone",
    "answer_access_request",
    "ask_for_access",
    "ask_for_family_doctor",
    "attach_agreement_paper",
    "bar_relative",
    "break_glass",
    "close_relationship",
    "delegate_access",
    "edit_person",
    "end_agreement",
    "end_assistance",
    "end_contact",
    "end_family_doctor_contract",
    "end_group",
    "end_guardianship",
    "end_identifier",
    "end_insurance",
    "end_phone",
    "give_consent",
    "lift_barring",
    "link_family",
    "merge_persons",
    "narrow_consent",
    "note_death",
    "open_relationship",
    "record_fall",
    "record_guardianship",
    "record_told",
    "register_person",
    "renew_agreement",
    "revoke_delegation",
    "set_disclosure",
    "settle_coverage",
    "sign_agreement",
    "sign_family_doctor_contract",
    "start_assistance",
    "unlink_family",
    "unmerge_persons",
    "withdraw_consent",
    "withdraw_death",
    "withdraw_fall",
    "withdraw_told",
]
