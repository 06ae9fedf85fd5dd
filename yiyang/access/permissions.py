"""What an account may be allowed to do. A role gives some of these, within its organisation or area."""

from enum import StrEnum


class Permission(StrEnum):
    USE_OWN_ACCOUNT = "USE_OWN_ACCOUNT"  # every account, whatever its role
    SEE_BOARD = "SEE_BOARD"
    SEE_FIGURES = "SEE_FIGURES"
    REPORT_MONTH = "REPORT_MONTH"

    REGISTER_PERSON = "REGISTER_PERSON"
    EDIT_PERSON = "EDIT_PERSON"
    SEARCH_PERSONS = "SEARCH_PERSONS"
    MERGE_PERSONS = "MERGE_PERSONS"
    BREAK_GLASS = "BREAK_GLASS"
    MANAGE_DELEGATION = "MANAGE_DELEGATION"
    SEE_OWN_RECORD = "SEE_OWN_RECORD"
    SET_DISCLOSURE = "SET_DISCLOSURE"
    ASSIST = (
        "ASSIST"  # does for an elder or relative, at a counter or by telephone, what they could themselves
    )
    COVER_AREA = "COVER_AREA"  # offers a family doctor to whoever in the area has none

    MANAGE_BEDS = "MANAGE_BEDS"
    ADMIT = "ADMIT"
    DISCHARGE = "DISCHARGE"
    CHANGE_BED = "CHANGE_BED"
    RECORD_LEAVE = "RECORD_LEAVE"
    DECIDE_HOLD = "DECIDE_HOLD"  # keeps a held bed longer or gives it up; at home within the agreement
    SET_UP_HOME_BED = "SET_UP_HOME_BED"
    RECORD_DEATH = "RECORD_DEATH"
    RECORD_FALL = "RECORD_FALL"  # says that somebody fell, where, and whether they are hurt
    CORRECT_RECORD = "CORRECT_RECORD"

    REQUEST_TRANSFER = "REQUEST_TRANSFER"
    EVALUATE_TRANSFER = "EVALUATE_TRANSFER"
    RECORD_AGREEMENT = "RECORD_AGREEMENT"
    OFFER_TRANSFER = "OFFER_TRANSFER"
    ANSWER_OFFER = "ANSWER_OFFER"
    ALLOCATE_BED = "ALLOCATE_BED"
    HAND_OVER = "HAND_OVER"
    DEPART_TRANSFER = "DEPART_TRANSFER"
    ARRIVE_TRANSFER = "ARRIVE_TRANSFER"
    CANCEL_TRANSFER = "CANCEL_TRANSFER"
    SIGN_CRITERIA = "SIGN_CRITERIA"  # puts other criteria for the five kinds of beds in force
    MANAGE_WAITING_LIST = "MANAGE_WAITING_LIST"
    ANSWER_PLACE = "ANSWER_PLACE"  # takes an offered place or not, or waits no longer
    COORDINATE = "COORDINATE"
    DECLARE_EMERGENCY = "DECLARE_EMERGENCY"

    ASSESS = "ASSESS"
    DISPUTE_ASSESSMENT = "DISPUTE_ASSESSMENT"  # asks, for oneself or an elder, that others assess again
    ANSWER_SELF_REPORT = "ANSWER_SELF_REPORT"  # answers the questions that a person answers themself
    MANAGE_INSTRUMENTS = "MANAGE_INSTRUMENTS"

    READ_RECORD = "READ_RECORD"  # the clinical record of those whom the actor sees in full
    WRITE_RECORD = "WRITE_RECORD"
    MANAGE_TERMS = "MANAGE_TERMS"  # loads code systems and value sets; they are nobody's data
    RECORD_VITAL_SIGNS = "RECORD_VITAL_SIGNS"  # enters what was measured at the bed

    MANAGE_DEVICES = "MANAGE_DEVICES"  # the unit's devices and gateways, and their keys
    LEND_DEVICE = "LEND_DEVICE"  # hands devices out to persons and takes them back
    ASK_FOR_RETURN = "ASK_FOR_RETURN"  # asks, for oneself or an elder, that a device is taken back

    MANAGE_ROSTER = "MANAGE_ROSTER"
    TAKE_DUTY = "TAKE_DUTY"
    RECORD_CALL = "RECORD_CALL"

    CALL_FOR_HELP = "CALL_FOR_HELP"  # presses the call button of the own page, for oneself or an elder
    SET_ALARM_LIMITS = "SET_ALARM_LIMITS"  # a clinician's own limits for one person, and pauses
    SIGN_ALARM_RULES = "SIGN_ALARM_RULES"  # puts another version of a rule of alarms in force

    MANAGE_CONTRACTS = "MANAGE_CONTRACTS"
    MANAGE_LICENCES = "MANAGE_LICENCES"
    MANAGE_ORGANISATION = "MANAGE_ORGANISATION"
    MANAGE_ACCOUNTS = "MANAGE_ACCOUNTS"
    MANAGE_FAMILY_SIGN_IN = "MANAGE_FAMILY_SIGN_IN"
    MANAGE_SECURITY = "MANAGE_SECURITY"
    MANAGE_APPS = "MANAGE_APPS"  # registers programs and apps of others, and stops them
    READ_AUDIT = "READ_AUDIT"
    READ_ACCESS_LOG = "READ_ACCESS_LOG"
    IMPORT_DATA = "IMPORT_DATA"
