"""Which of the five beds a person qualifies for: evidence, conditions, criteria, and the answer with its reasons."""

from yiyang.assessments.rules.eligibility.conditions import Leaf, leaves, look
from yiyang.assessments.rules.eligibility.criteria import Criteria, CriteriaFault, Criterion, Priority, read
from yiyang.assessments.rules.eligibility.deciding import (
    Answer,
    Found,
    Group,
    Reason,
    Result,
    all_kinds,
    decide,
)
from yiyang.assessments.rules.eligibility.evidence import (
    Assessed,
    Evidence,
    Lack,
    Lacking,
    Looked,
    Rest,
    Verdict,
)
from yiyang.assessments.rules.eligibility.fitting import unfit
from yiyang.assessments.rules.eligibility.reading_conditions import ConditionFault
from yiyang.assessments.rules.eligibility.supposing import Supposition, answers_with, suppose

__all__ = [
    "Answer",
    "Assessed",
    "ConditionFault",
    "Criteria",
    "CriteriaFault",
    "Criterion",
    "Evidence",
    "Found",
    "Group",
    "Lack",
    "Lacking",
    "Leaf",
    "Looked",
    "Priority",
    "Reason",
    "Rest",
    "Result",
    "Supposition",
    "Verdict",
    "all_kinds",
    "answers_with",
    "decide",
    "leaves",
    "look",
    "read",
    "suppose",
    "unfit",
]
