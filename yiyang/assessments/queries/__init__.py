"""Every read of this context; what contexts above ask stands here."""

from yiyang.assessments.queries.assessments import (
    LatestAssessment,
    assessment,
    evidence_of,
    latest,
    latest_valid,
    of_person,
)
from yiyang.assessments.queries.due import worklist
from yiyang.assessments.queries.instruments import in_use, titles

__all__ = [
    "LatestAssessment",
    "assessment",
    "evidence_of",
    "in_use",
    "latest",
    "latest_valid",
    "of_person",
    "titles",
    "worklist",
]
