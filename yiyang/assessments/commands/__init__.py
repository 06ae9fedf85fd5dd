"""Every write of this context."""

from yiyang.assessments.commands.alerts import answer_alert
from yiyang.assessments.commands.bedside import keep_beside
from yiyang.assessments.commands.drafts import answer, begin_assessment
from yiyang.assessments.commands.due import (
    ask_for_assessment,
    close_dues_of,
    raise_due_for,
    remind_of_due,
    take_back_fall,
)
from yiyang.assessments.commands.imports import import_assessment
from yiyang.assessments.commands.instruments import (
    add_instrument,
    register_format,
    retire_instrument,
    sync_shipped,
)
from yiyang.assessments.commands.left_open import tell_of_left_open
from yiyang.assessments.commands.outcomes import (
    amend_assessment,
    raise_dispute,
    void_assessment,
    withdraw_dispute,
)
from yiyang.assessments.commands.photos import add_assessment_photo, remove_assessment_photo
from yiyang.assessments.commands.refusals import AnswersChanged, AnswersMissing, SignedMeanwhile
from yiyang.assessments.commands.rescoring import register_fits, rescore_chunk, start_rescoring
from yiyang.assessments.commands.self_reports import (
    answer_self_report,
    begin_self_report,
    hand_in_self_report,
)
from yiyang.assessments.commands.signing import give_back, second_signature, sign_assessment

__all__ = [
    "AnswersChanged",
    "AnswersMissing",
    "SignedMeanwhile",
    "add_assessment_photo",
    "add_instrument",
    "amend_assessment",
    "answer",
    "answer_alert",
    "answer_self_report",
    "ask_for_assessment",
    "begin_assessment",
    "begin_self_report",
    "close_dues_of",
    "give_back",
    "hand_in_self_report",
    "import_assessment",
    "keep_beside",
    "raise_dispute",
    "raise_due_for",
    "register_fits",
    "register_format",
    "remind_of_due",
    "remove_assessment_photo",
    "rescore_chunk",
    "retire_instrument",
    "second_signature",
    "sign_assessment",
    "start_rescoring",
    "sync_shipped",
    "take_back_fall",
    "tell_of_left_open",
    "void_assessment",
    "withdraw_dispute",
]
