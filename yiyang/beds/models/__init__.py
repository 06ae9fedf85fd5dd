"""Tables of the beds context: inventory, occupancy, episodes, transfers, the waiting list."""

from yiyang.beds.models.companions import Companion
from yiyang.beds.models.eligibility import (
    EligibilityAnswer,
    EligibilityOverride,
    EligibilityRules,
    TouchedPerson,
)
from yiyang.beds.models.entry import EntryDocument, EntryRequirement
from yiyang.beds.models.episodes import Episode, HomeBedReview, HomeBedSetup, Leave
from yiyang.beds.models.experience import Experience
from yiyang.beds.models.handover import HandoverDraft, SkinCheck
from yiyang.beds.models.inventory import Bed, Room, Ward
from yiyang.beds.models.occupancy import Occupancy
from yiyang.beds.models.precautions import Outbreak, Precaution
from yiyang.beds.models.recordings import Recording
from yiyang.beds.models.transfers import (
    Agreement,
    DistrictEmergency,
    Evaluation,
    Handover,
    Offer,
    Transfer,
    TransferStep,
)
from yiyang.beds.models.unit_messages import UnitMessage
from yiyang.beds.models.waiting import WaitingEntry

__all__ = [
    "Agreement",
    "Bed",
    "Companion",
    "DistrictEmergency",
    "EligibilityAnswer",
    "EligibilityOverride",
    "EligibilityRules",
    "EntryDocument",
    "EntryRequirement",
    "Episode",
    "Evaluation",
    "Experience",
    "Handover",
    "HandoverDraft",
    "HomeBedReview",
    "HomeBedSetup",
    "Leave",
    "Occupancy",
    "Offer",
    "Outbreak",
    "Precaution",
    "Recording",
    "Room",
    "SkinCheck",
    "TouchedPerson",
    "Transfer",
    "TransferStep",
    "UnitMessage",
    "WaitingEntry",
    "Ward",
]
