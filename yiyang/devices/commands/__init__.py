"""Every write to devices, their keys and gateways, loans and consents."""

from yiyang.devices.commands.alarms import (
    acknowledge_alarm,
    ask_contact_to_call,
    assign_alarm,
    call_unseen_again,
    change_severity,
    clear_alarm,
    close_alarm,
    comment_on_alarm,
    mark_person_seen,
    note_seen_by_others,
    raise_alarm,
)
from yiyang.devices.commands.aside import tell_set_aside
from yiyang.devices.commands.calling import call_for_help, take_back_call
from yiyang.devices.commands.consents import give_device_consent, withdraw_device_consent
from yiyang.devices.commands.credentials import issue_credential, revoke_credential
from yiyang.devices.commands.fences import end_fence, set_fence
from yiyang.devices.commands.gateways import register_gateway, stop_gateway
from yiyang.devices.commands.limits import end_pause, end_person_limits, pause_alarms, set_person_limits
from yiyang.devices.commands.loan_ends import tell_loans_ending
from yiyang.devices.commands.loans import ask_for_return, lend_device, return_device
from yiyang.devices.commands.notes import withdraw_reading_note, write_reading_note
from yiyang.devices.commands.outcomes import correct_outcome
from yiyang.devices.commands.packing import tell_packing_behind
from yiyang.devices.commands.registry import (
    change_device,
    end_device_quiet,
    register_device,
    retire_device,
    set_device_quiet,
)
from yiyang.devices.commands.rules import (
    end_person_watch,
    keep_trial,
    set_person_watch,
    sign_alarm_rule,
    try_alarm_rule,
)
from yiyang.devices.commands.silence import (
    ask_contacts_of_unanswered,
    call_again_about_unseen,
    tell_batteries,
    tell_silence,
)
from yiyang.devices.commands.visits import cancel_visit, order_visit, record_visit
from yiyang.devices.commands.waiting import keep_waiting_trial, sign_waiting_times, try_waiting_times
from yiyang.devices.commands.watches import look_at_persons

__all__ = [
    "acknowledge_alarm",
    "ask_contact_to_call",
    "ask_contacts_of_unanswered",
    "ask_for_return",
    "assign_alarm",
    "call_again_about_unseen",
    "call_for_help",
    "call_unseen_again",
    "cancel_visit",
    "change_device",
    "change_severity",
    "clear_alarm",
    "close_alarm",
    "comment_on_alarm",
    "correct_outcome",
    "end_device_quiet",
    "end_fence",
    "end_pause",
    "end_person_limits",
    "end_person_watch",
    "give_device_consent",
    "issue_credential",
    "keep_trial",
    "keep_waiting_trial",
    "lend_device",
    "look_at_persons",
    "mark_person_seen",
    "note_seen_by_others",
    "order_visit",
    "pause_alarms",
    "raise_alarm",
    "record_visit",
    "register_device",
    "register_gateway",
    "retire_device",
    "return_device",
    "revoke_credential",
    "set_device_quiet",
    "set_fence",
    "set_person_limits",
    "set_person_watch",
    "sign_alarm_rule",
    "sign_waiting_times",
    "stop_gateway",
    "take_back_call",
    "tell_batteries",
    "tell_loans_ending",
    "tell_packing_behind",
    "tell_set_aside",
    "tell_silence",
    "try_alarm_rule",
    "try_waiting_times",
    "withdraw_device_consent",
    "withdraw_reading_note",
    "write_reading_note",
]
