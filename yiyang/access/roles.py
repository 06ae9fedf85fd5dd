"""The roles, each with a sentence that a manager can read and the permissions it gives.

A permission counts only within the role's scope:
- ORGANISATION: the membership's organisation and everything below it in the tree;
- AREA: every organisation in the membership's area;
- FIGURES: as AREA, but counts only: no names, no records;
- SELF: commands about a person whom the account may see (its own record, or one entrusted to it).
"""

from dataclasses import dataclass, replace
from enum import StrEnum

from django.utils.translation import get_language

from .permissions import Permission as P  # noqa: N817  (a table of many rows)


class Scope(StrEnum):
    ORGANISATION = "ORGANISATION"
    AREA = "AREA"
    SELF = "SELF"
    FIGURES = "FIGURES"


@dataclass(frozen=True)
class Role:
    code: str
    zh: str
    en: str
    sentence_zh: str
    sentence_en: str
    scope: Scope
    permissions: frozenset[P]
    reads_records: bool = True
    administrator: bool = False
    second_factor: bool = False

    @property
    def name(self) -> str:
        return self.zh if _chinese() else self.en

    @property
    def sentence(self) -> str:
        return self.sentence_zh if _chinese() else self.sentence_en

    def __str__(self) -> str:
        return self.name


def _chinese() -> bool:
    return (get_language() or "zh").startswith("zh")


OWN = frozenset(
    {
        P.SEE_OWN_RECORD, P.MANAGE_DELEGATION, P.REQUEST_TRANSFER, P.RECORD_AGREEMENT, P.ANSWER_PLACE,
        P.DECIDE_HOLD, P.DISPUTE_ASSESSMENT, P.ANSWER_SELF_REPORT, P.ASK_FOR_RETURN,
        P.CALL_FOR_HELP,
    }
)  # fmt: skip
READING = frozenset({P.SEE_BOARD, P.SEARCH_PERSONS, P.TAKE_DUTY, P.RECORD_CALL})
RECORDING = READING | {P.REGISTER_PERSON, P.EDIT_PERSON, P.BREAK_GLASS}
SENDING = frozenset(
    {
        P.REQUEST_TRANSFER,
        P.EVALUATE_TRANSFER,
        P.RECORD_AGREEMENT,
        P.OFFER_TRANSFER,
        P.HAND_OVER,
        P.DEPART_TRANSFER,
        P.CANCEL_TRANSFER,
    }
)
RECEIVING = frozenset({P.ANSWER_OFFER, P.ARRIVE_TRANSFER})
# Enters what an elder entrusts on paper, or a finding; opens the sign-in of elders and families.
ENTRUSTING = frozenset({P.MANAGE_DELEGATION, P.MANAGE_FAMILY_SIGN_IN})
BEDSIDE = frozenset({P.ADMIT, P.DISCHARGE, P.CHANGE_BED, P.RECORD_LEAVE, P.RECORD_DEATH})
# Asks what a person wants to know about their own care, and notes what was told.
CLINICIANS = {
    "CARE_HOME_NURSE", "FAMILY_DOCTOR", "HOME_BED_DOCTOR", "HOME_BED_NURSE", "WARD_DOCTOR", "HEAD_NURSE",
    "PALLIATIVE_TEAM",
}  # fmt: skip
FIGURES = frozenset({P.SEE_BOARD, P.SEE_FIGURES})
REPORTING = frozenset({P.REPORT_MONTH})

ROLES: dict[str, Role] = {
    role.code: role
    for role in (
        Role(
            "ELDER", "老年人", "Elder",
            "看自己的记录、床位和下一步安排，决定谁可以看。",
            "Sees their own record, bed and next steps, and decides who else may see them.",
            Scope.SELF, OWN,
        ),
        Role(
            "RELATIVE", "家属", "Relative",
            "在老人授权的范围和期限内看记录、提出转床申请、表示是否同意。",
            "Within what the elder has entrusted to them: reads, asks for a transfer, agrees or refuses.",
            Scope.SELF, OWN - {P.MANAGE_DELEGATION},
        ),
        Role(
            "GUARDIAN", "监护人或代理人", "Guardian or agent",
            "老人不能自己决定时，代老人决定。",
            "Decides for the elder when a clinician has found that the elder cannot.",
            Scope.SELF, OWN,
        ),
        Role(
            "CARE_WORKER", "护理员", "Care worker",
            "照护本机构的老人，登记外出，突发情况时先拨打120并记录。",
            "Cares for the elders of the unit, records leave, and in an emergency calls 120 and notes the times.",
            Scope.ORGANISATION, READING | {P.RECORD_LEAVE, P.REQUEST_TRANSFER, P.DEPART_TRANSFER},
        ),
        Role(
            "CARE_HOME_NURSE", "养老机构护士", "Care-home nurse",
            "管理本机构老人的床位和健康，提出并办理转床。",
            "Looks after the elders' beds and health in a care home; asks for transfers and carries them out.",
            Scope.ORGANISATION,
            RECORDING | SENDING | RECEIVING | BEDSIDE | ENTRUSTING | {P.DECIDE_HOLD, P.ALLOCATE_BED},
        ),
        Role(
            "CARE_HOME_MANAGER", "养老机构院长", "Care-home manager",
            "对本机构的床位、收住、合作协议和员工账号负责。",
            "Answers for the home's beds, admissions, contracts and staff accounts.",
            Scope.ORGANISATION,
            RECORDING | SENDING | RECEIVING | BEDSIDE | ENTRUSTING
            | {P.DECIDE_HOLD, P.ALLOCATE_BED, P.MANAGE_BEDS, P.MANAGE_CONTRACTS, P.MANAGE_ORGANISATION}
            | {P.MANAGE_ACCOUNTS, P.SEE_FIGURES, P.MANAGE_WAITING_LIST, P.CORRECT_RECORD, P.IMPORT_DATA}
            | {P.MANAGE_ROSTER},
        ),
        Role(
            "NIGHT_DUTY_OFFICER", "总值班", "Night duty officer",
            "夜间和节假日代表本机构接收、安排床位和送出老人。",
            "At night and on holidays accepts, gives beds and sends out on behalf of the unit.",
            Scope.ORGANISATION, RECORDING | SENDING | RECEIVING | BEDSIDE | {P.DECIDE_HOLD, P.ALLOCATE_BED, P.MANAGE_ROSTER},
        ),
        Role(
            "ASSESSOR", "评估员", "Assessor",
            "上门评估老人的能力和照护需求，对转床提出评估意见。",
            "Assesses elders' abilities and needs, and evaluates requests for a transfer.",
            Scope.ORGANISATION, READING | {P.EVALUATE_TRANSFER},
        ),
        Role(
            "FAMILY_DOCTOR", "家庭医生", "Family doctor",
            "负责签约老人的健康，提出和评估转床，为其申请家庭病床。",
            "Looks after the elders contracted to them; asks for and evaluates transfers and home medical beds.",
            Scope.ORGANISATION,
            RECORDING | SENDING | RECEIVING | ENTRUSTING | {P.SET_UP_HOME_BED, P.RECORD_DEATH, P.COVER_AREA},
        ),
        Role(
            "HOME_BED_DOCTOR", "家庭病床医生", "Home-bed doctor",
            "查床、建床和撤床，接收转入家庭病床的老人。",
            "Visits, opens and closes home medical beds, and accepts people into them.",
            Scope.ORGANISATION,
            RECORDING | SENDING | RECEIVING | BEDSIDE | {P.SET_UP_HOME_BED, P.ALLOCATE_BED, P.DECIDE_HOLD},
        ),
        Role(
            "HOME_BED_NURSE", "家庭病床护士", "Home-bed nurse",
            "安排家庭病床和上门护理，办理建床和撤床手续。",
            "Arranges home medical beds and nursing visits, and does the paperwork of opening and closing.",
            Scope.ORGANISATION,
            RECORDING | BEDSIDE
            | {P.SET_UP_HOME_BED, P.ALLOCATE_BED, P.ARRIVE_TRANSFER, P.REQUEST_TRANSFER, P.RECORD_AGREEMENT}
            | {P.HAND_OVER, P.DEPART_TRANSFER, P.MANAGE_ROSTER},
        ),
        Role(
            "WARD_DOCTOR", "急诊或病房医生", "Emergency or ward doctor",
            "决定医院能否接收转来的老人，并为出院老人提出转床。",
            "Decides whether the hospital can take a person, and asks for a transfer when one can leave.",
            Scope.ORGANISATION,
            RECORDING | SENDING | RECEIVING | ENTRUSTING | {P.DISCHARGE, P.RECORD_DEATH},
        ),
        Role(
            "ADMISSION_OFFICE", "入院准备中心", "Admission office",
            "给已被医生接收的老人安排床位，办理入院和出院，维护本院合作协议。",
            "Gives a bed to those whom a doctor has accepted, admits and discharges, keeps the contracts.",
            Scope.ORGANISATION,
            RECORDING | BEDSIDE
            | {P.ALLOCATE_BED, P.ARRIVE_TRANSFER, P.MANAGE_BEDS, P.MANAGE_WAITING_LIST, P.MANAGE_CONTRACTS}
            | {P.OFFER_TRANSFER, P.HAND_OVER, P.DEPART_TRANSFER, P.SEE_FIGURES, P.MANAGE_ORGANISATION}
            | {P.MANAGE_ACCOUNTS, P.CORRECT_RECORD, P.REQUEST_TRANSFER, P.CANCEL_TRANSFER, P.MANAGE_ROSTER},
        ),
        Role(
            "HEAD_NURSE", "护士长", "Head nurse",
            "管理病区的床位、调床和接收、送出老人。",
            "Runs a ward's beds: changes of bed, arrivals and departures.",
            Scope.ORGANISATION,
            RECORDING | BEDSIDE
            | {P.MANAGE_BEDS, P.ALLOCATE_BED, P.ARRIVE_TRANSFER, P.HAND_OVER, P.DEPART_TRANSFER}
            | {P.REQUEST_TRANSFER, P.RECORD_AGREEMENT, P.DECIDE_HOLD, P.MANAGE_ROSTER},
        ),
        Role(
            "PALLIATIVE_TEAM", "安宁疗护团队", "Palliative team",
            "评估、接收和照护需要安宁疗护的老人。",
            "Evaluates, accepts and looks after people who need palliative care.",
            Scope.ORGANISATION,
            RECORDING | SENDING | RECEIVING | BEDSIDE | {P.ALLOCATE_BED, P.SET_UP_HOME_BED, P.DECIDE_HOLD},
        ),
        Role(
            "ADVISER", "养老顾问", "Elder-care adviser",
            "帮本街镇的老人登记、申请床位和排队。",
            "Helps elders of the sub-district to register, to ask for a bed and to wait for one.",
            Scope.AREA,
            READING | {P.REGISTER_PERSON, P.EDIT_PERSON, P.REQUEST_TRANSFER, P.RECORD_AGREEMENT}
            | {P.MANAGE_WAITING_LIST, P.CANCEL_TRANSFER, P.MANAGE_FAMILY_SIGN_IN},
        ),
        Role(
            "COMMITTEE_WORKER", "居村委工作人员", "Residents'-committee worker",
            "走访本居村的老人，替他们登记和提出申请。",
            "Calls on the elders of the community, registers them and asks on their behalf.",
            Scope.AREA, READING | {P.REGISTER_PERSON, P.REQUEST_TRANSFER, P.MANAGE_FAMILY_SIGN_IN},
        ),
        Role(
            "COORDINATOR", "区协调员", "District coordinator",
            "协调全区转床：无人应答时出面，管理轮候、合作协议和应急状态。",
            "Coordinates the district: steps in when nobody answers; keeps the waiting list, contracts, emergencies.",
            Scope.AREA,
            READING | FIGURES | SENDING | {P.REGISTER_PERSON, P.EDIT_PERSON, P.COORDINATE, P.DECLARE_EMERGENCY}
            | {P.MANAGE_WAITING_LIST, P.MANAGE_CONTRACTS, P.MANAGE_LICENCES, P.MERGE_PERSONS, P.BREAK_GLASS}
            | {P.CORRECT_RECORD, P.IMPORT_DATA, P.MANAGE_ROSTER, P.SIGN_CRITERIA}
            | {P.SIGN_ALARM_RULES},
        ),
        Role(
            "SUPERVISOR_CIVIL_AFFAIRS", "民政监管", "Supervisor, civil affairs",
            "看全区养老床位的数字，管理养老机构备案，不看姓名。",
            "Sees the figures of care beds and keeps the filings of care homes; sees no names.",
            Scope.FIGURES, FIGURES | REPORTING | {P.MANAGE_LICENCES, P.SIGN_CRITERIA}, reads_records=False,
        ),
        Role(
            "SUPERVISOR_HEALTH", "卫生健康监管", "Supervisor, health",
            "看全区医疗床位的数字，管理医疗机构执业许可，不看姓名。",
            "Sees the figures of medical beds and keeps the licences of medical units; sees no names.",
            Scope.FIGURES, FIGURES | REPORTING | {P.MANAGE_LICENCES, P.SIGN_CRITERIA}, reads_records=False,
        ),
        Role(
            "SUPERVISOR_INSURANCE", "医疗保障监管", "Supervisor, healthcare security",
            "看与医保有关的数字，不看姓名。",
            "Sees the figures that concern healthcare security; sees no names.",
            Scope.FIGURES, FIGURES | REPORTING, reads_records=False,
        ),
        Role(
            "SUPERVISOR_STATISTICS", "统计", "Supervisor, statistics",
            "看全区统计数字，不看姓名。",
            "Sees the district's statistics; sees no names.",
            Scope.FIGURES, FIGURES | REPORTING, reads_records=False,
        ),
        Role(
            "DATA_PROTECTION_OFFICER", "个人信息保护负责人", "Data-protection officer",
            "查看谁看过谁的记录、为什么，审查紧急查看，不看病历内容。",
            "Sees who looked at whose record and why, and reviews break-glass uses; reads no records.",
            Scope.AREA, frozenset({P.READ_ACCESS_LOG}), reads_records=False, second_factor=True,
        ),
        Role(
            "SYSTEM_ADMINISTRATOR", "系统管理员", "System administrator",
            "维护机构、账号和系统运行，不看任何人的记录。",
            "Keeps organisations, accounts and the running of the system; reads nobody's record.",
            Scope.AREA,
            frozenset({P.MANAGE_ORGANISATION, P.MANAGE_ACCOUNTS, P.MANAGE_LICENCES, P.IMPORT_DATA})
            | {P.MANAGE_INSTRUMENTS, P.MANAGE_TERMS, P.MANAGE_APPS},
            reads_records=False, administrator=True, second_factor=True,
        ),
        Role(
            "SECURITY_ADMINISTRATOR", "安全管理员", "Security administrator",
            "授予管理员角色、锁定账号、吊销接口令牌，不看任何人的记录。",
            "Grants administrators' roles, locks accounts and revokes tokens; reads nobody's record.",
            Scope.AREA, frozenset({P.MANAGE_SECURITY, P.MANAGE_FAMILY_SIGN_IN}),
            reads_records=False, administrator=True, second_factor=True,
        ),
        Role(
            "AUDIT_ADMINISTRATOR", "审计管理员", "Audit administrator",
            "查阅留痕，核对有没有被改动，不看任何人的记录。",
            "Reads the trail of facts and checks that nothing was changed; reads nobody's record.",
            Scope.AREA, frozenset({P.READ_AUDIT}),
            reads_records=False, administrator=True, second_factor=True,
        ),
    )
}  # fmt: skip

ROLES |= {
    code: replace(ROLES[code], permissions=ROLES[code].permissions | {P.SET_DISCLOSURE})
    for code in CLINICIANS
}
# Whoever keeps a waiting list also writes down what person or family answer.
ROLES |= {
    code: replace(role, permissions=role.permissions | {P.ANSWER_PLACE})
    for code, role in ROLES.items()
    if P.MANAGE_WAITING_LIST in role.permissions
}
# Who reads and writes the clinical record of those they look after, as resources.
ROLES |= {
    code: replace(ROLES[code], permissions=ROLES[code].permissions | {P.READ_RECORD, P.WRITE_RECORD})
    for code in CLINICIANS
}
# Who fills in instruments; each instrument may name fewer. What was found may be questioned at their desk too.
ASSESSING = CLINICIANS | {"ASSESSOR", "NIGHT_DUTY_OFFICER"}
ROLES |= {
    code: replace(ROLES[code], permissions=ROLES[code].permissions | {P.ASSESS, P.DISPUTE_ASSESSMENT})
    for code in ASSESSING
}
# Who may be there when somebody falls, or comes first.
ROLES |= {
    code: replace(ROLES[code], permissions=ROLES[code].permissions | {P.RECORD_FALL})
    for code in ASSESSING | {"CARE_WORKER", "CARE_HOME_MANAGER"}
}
# Who measures at the bed.
ROLES |= {
    code: replace(ROLES[code], permissions=ROLES[code].permissions | {P.RECORD_VITAL_SIGNS})
    for code in (*ASSESSING, "CARE_WORKER")
}
# Who hands out what elders wear and what stands in their rooms; and who keeps the list of it and the keys.
LENDING = (CLINICIANS - {"WARD_DOCTOR"}) | {
    "CARE_WORKER",
    "CARE_HOME_MANAGER",
    "NIGHT_DUTY_OFFICER",
    "COORDINATOR",
}
KEEPING_DEVICES = {"CARE_HOME_MANAGER", "CARE_HOME_NURSE", "HOME_BED_NURSE", "HEAD_NURSE", "COORDINATOR"}
ROLES |= {
    code: replace(ROLES[code], permissions=ROLES[code].permissions | {P.LEND_DEVICE}) for code in LENDING
}
ROLES |= {
    code: replace(ROLES[code], permissions=ROLES[code].permissions | {P.MANAGE_DEVICES})
    for code in KEEPING_DEVICES
}
# Who says from where on the devices of one person alarm.
ROLES |= {
    code: replace(ROLES[code], permissions=ROLES[code].permissions | {P.SET_ALARM_LIMITS})
    for code in CLINICIANS
}
# Who stands at a counter, answers a telephone or calls at home. Those who decide about a transfer do not.
AT_A_COUNTER = {
    "ADVISER", "COMMITTEE_WORKER", "ADMISSION_OFFICE", "HOME_BED_NURSE", "CARE_HOME_NURSE", "CARE_HOME_MANAGER",
}  # fmt: skip
ROLES |= {
    code: replace(ROLES[code], permissions=ROLES[code].permissions | {P.ASSIST, P.DISPUTE_ASSESSMENT})
    for code in AT_A_COUNTER
}
STAFF_ROLES = tuple(role for role in ROLES.values() if role.scope is not Scope.SELF)


def role_choices() -> list[tuple[str, str]]:
    """Stored codes with their Chinese names, for model fields."""
    return [(role.code, role.zh) for role in ROLES.values()]
