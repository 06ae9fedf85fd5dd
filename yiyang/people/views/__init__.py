from yiyang.people.views.agreements import (
    agreement_paper,
    agreement_sheet,
    agreements,
    attach_agreement_paper,
    bar_relative,
    coverage_tasks,
    end_agreement,
    end_guardianship,
    lift_barring,
    record_guardianship,
    renew_agreement,
    settle_coverage,
    sign_agreement,
)
from yiyang.people.views.assistance import assistance, end_assistance, start_assistance
from yiyang.people.views.changes import (
    add_contact,
    add_group,
    add_identifier,
    add_insurance,
    add_phone,
    end_contact,
    end_family_doctor_contract,
    end_group,
    end_identifier,
    end_insurance,
    end_phone,
    link_family,
    sign_family_doctor_contract,
    unlink_family,
)
from yiyang.people.views.consents import (
    consent_form,
    consent_sheet,
    consents,
    give_consent,
    narrow_consent,
    withdraw_consent,
)
from yiyang.people.views.disclosure import record_told, set_disclosure, withdraw_told
from yiyang.people.views.falls import record_fall, withdraw_fall
from yiyang.people.views.find import possible_duplicates, register_person, search
from yiyang.people.views.merge import merge_persons, unmerge_persons
from yiyang.people.views.own_sign_in import open_own_sign_in
from yiyang.people.views.person import edit_person, history, person
from yiyang.people.views.sight import (
    answer_access_request,
    ask_for_access,
    break_glass,
    broken_glass,
    delegate_access,
    delegations,
    revoke_delegation,
    sight,
)
