from django.urls import URLPattern, URLResolver, path

from .views import account, audit, contracts, inbox, licences, organisations, staff

app_name = "access"

urlpatterns: list[URLPattern | URLResolver] = [
    path("account/", account.my_account, name="my_account"),
    path("account/switch/", account.switch_membership, name="switch_membership"),
    path("account/tokens/issue/", account.issue_token, name="issue_token"),
    path("account/tokens/<uuid:token_id>/revoke/", account.revoke_token, name="revoke_token"),
    path("inbox/", inbox.inbox, name="inbox"),
    path("inbox/<uuid:notice_id>/acknowledge/", inbox.acknowledge_notice, name="acknowledge_notice"),
    path("organisations/", organisations.organisations, name="organisations"),
    path("organisations/add/", organisations.add_organisation, name="add_organisation"),
    path("organisations/<uuid:organisation_id>/", organisations.organisation, name="organisation"),
    path(
        "organisations/<uuid:organisation_id>/edit/",
        organisations.edit_organisation,
        name="edit_organisation",
    ),
    path(
        "organisations/<uuid:organisation_id>/move/",
        organisations.move_organisation,
        name="move_organisation",
    ),
    path(
        "organisations/<uuid:organisation_id>/close/",
        organisations.close_organisation,
        name="close_organisation",
    ),
    path(
        "organisations/<uuid:organisation_id>/reopen/",
        organisations.reopen_organisation,
        name="reopen_organisation",
    ),
    path("organisations/<uuid:organisation_id>/accounts/add/", staff.add_account, name="add_account"),
    path("organisations/<uuid:organisation_id>/roles/add/", staff.add_membership, name="add_membership"),
    path(
        "organisations/<uuid:organisation_id>/licences/record/",
        licences.record_licence,
        name="record_licence",
    ),
    path("accounts/", staff.accounts, name="accounts"),
    path("accounts/<uuid:account_id>/", staff.account, name="account"),
    path("accounts/<uuid:account_id>/password/", staff.reset_password, name="reset_password"),
    path("accounts/<uuid:account_id>/lock/", staff.lock_account, name="lock_account"),
    path("accounts/<uuid:account_id>/unlock/", staff.unlock_account, name="unlock_account"),
    path("roles/<uuid:membership_id>/end/", staff.end_membership, name="end_membership"),
    path("roles/<uuid:membership_id>/suspend/", staff.suspend_membership, name="suspend_membership"),
    path("roles/<uuid:membership_id>/resume/", staff.resume_membership, name="resume_membership"),
    path("licences/", licences.licences, name="licences"),
    path("licences/<uuid:licence_id>/suspend/", licences.suspend_licence, name="suspend_licence"),
    path("licences/<uuid:licence_id>/restore/", licences.restore_licence, name="restore_licence"),
    path("licences/<uuid:licence_id>/revoke/", licences.revoke_licence, name="revoke_licence"),
    path("contracts/", contracts.contracts, name="contracts"),
    path("contracts/draft/", contracts.draft_contract, name="draft_contract"),
    path("contracts/<uuid:contract_id>/", contracts.contract, name="contract"),
    path("contracts/<uuid:contract_id>/edit/", contracts.edit_contract, name="edit_contract"),
    path("contracts/<uuid:contract_id>/sign/<uuid:party_id>/", contracts.sign_contract, name="sign_contract"),
    path("contracts/<uuid:contract_id>/suspend/", contracts.suspend_contract, name="suspend_contract"),
    path("contracts/<uuid:contract_id>/resume/", contracts.resume_contract, name="resume_contract"),
    path("contracts/<uuid:contract_id>/end/", contracts.end_contract, name="end_contract"),
    path("audit/", audit.facts, name="facts"),
    path("audit/readings/", audit.readings, name="readings"),
]
