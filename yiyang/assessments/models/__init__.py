"""Tables of instruments, assessments, what is due, and disputes."""

from yiyang.assessments.models.assessments import (
    OPEN_STATES,
    SIGNED_STATES,
    AlertAnswer,
    Assessment,
    AssessmentPhoto,
    Reason,
    State,
)
from yiyang.assessments.models.due import Dispute, Due
from yiyang.assessments.models.instruments import Instrument, said
from yiyang.assessments.models.left_open import RUNGS, LeftOpen
from yiyang.assessments.models.rescoring import Rescored, Rescoring, RescoringChunk

__all__ = [
    "OPEN_STATES",
    "RUNGS",
    "SIGNED_STATES",
    "AlertAnswer",
    "Assessment",
    "AssessmentPhoto",
    "Dispute",
    "Due",
    "Instrument",
    "LeftOpen",
    "Reason",
    "Rescored",
    "Rescoring",
    "RescoringChunk",
    "State",
    "said",
]
