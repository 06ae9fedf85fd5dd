"""Every write of this context, one file per noun."""

from .access_cards import enter_card, issue_card, replace_card, report_card_lost, report_own_card_lost
from .accounts import (
    add_account,
    add_membership,
    change_own_password,
    end_membership,
    lock_account,
    record_failed_sign_in,
    record_sign_in,
    record_sign_out,
    reset_password,
    resume_membership,
    suspend_membership,
    switch_membership,
    unlock_account,
)
from .audit import record_export
from .contract_papers import attach_contract_paper, take_out_contract_paper
from .contracts import (
    ContractTerms,
    draft_contract,
    edit_contract,
    end_contract,
    resume_contract,
    sign_contract,
    suspend_contract,
)
from .family_accounts import (
    change_sign_in_phone,
    end_sign_in_phone,
    open_family_account,
    unlock_sign_in_phone,
)
from .licences import record_licence, restore_licence, revoke_licence, suspend_licence
from .notices import SYSTEM_ONLY, acknowledge_notice, notify, release_notices, remind_notices, withdraw_notice
from .oauth_clients import change_client_keys, register_client, stop_client
from .oauth_grants import (
    allow_app,
    forget_spent_tokens,
    issue_program_token,
    redeem_code,
    renew_app_token,
    revoke_app_token,
    withdraw_app,
)
from .organisations import (
    add_organisation,
    close_organisation,
    edit_organisation,
    move_organisation,
    reopen_organisation,
)
from .sign_in_codes import ask_for_code, enter_code
from .staff_photos import remove_staff_photo, set_staff_photo
from .tokens import issue_token, revoke_token

__all__ = [
    "SYSTEM_ONLY",
    "ContractTerms",
    "acknowledge_notice",
    "add_account",
    "add_membership",
    "add_organisation",
    "allow_app",
    "ask_for_code",
    "attach_contract_paper",
    "change_client_keys",
    "change_own_password",
    "change_sign_in_phone",
    "close_organisation",
    "draft_contract",
    "edit_contract",
    "edit_organisation",
    "end_contract",
    "end_membership",
    "end_sign_in_phone",
    "enter_card",
    "enter_code",
    "forget_spent_tokens",
    "issue_card",
    "issue_program_token",
    "issue_token",
    "lock_account",
    "move_organisation",
    "notify",
    "open_family_account",
    "record_export",
    "record_failed_sign_in",
    "record_licence",
    "record_sign_in",
    "record_sign_out",
    "redeem_code",
    "register_client",
    "release_notices",
    "remind_notices",
    "remove_staff_photo",
    "renew_app_token",
    "reopen_organisation",
    "replace_card",
    "report_card_lost",
    "report_own_card_lost",
    "reset_password",
    "restore_licence",
    "resume_contract",
    "resume_membership",
    "revoke_app_token",
    "revoke_licence",
    "revoke_token",
    "set_staff_photo",
    "sign_contract",
    "stop_client",
    "suspend_contract",
    "suspend_licence",
    "suspend_membership",
    "switch_membership",
    "take_out_contract_paper",
    "unlock_account",
    "unlock_sign_in_phone",
    "withdraw_app",
    "withdraw_notice",
]
