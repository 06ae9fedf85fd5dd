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
from yiyang.assessments.queries.rescoring import Comparison, on_version, side_by_side

__all__ = [
    "Comparison",
    "LatestAssessment",
    "assessment",
    "evidence_of",
    "in_use",
    "latest",
    "latest_valid",
    "of_person",
    "on_version",
    "side_by_side",
    "titles",
    "worklist",
]
