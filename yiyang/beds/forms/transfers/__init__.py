"""Forms of a transfer: how its acts are typed. What is possible, the commands say."""

from yiyang.beds.forms.transfers.acts import Act, Question, Reason, in_a_row, lines
from yiyang.beds.forms.transfers.deciding import EvaluateTransfer, OwnWord, RecordAgreement
from yiyang.beds.forms.transfers.moving import (
    Arrive,
    ArriveOutside,
    Depart,
    EnterEmergencyRoom,
    Hospital,
    SendBack,
)
from yiyang.beds.forms.transfers.offering import (
    AcceptOffer,
    AllocateBed,
    AnswerOtherwise,
    DeclineOffer,
    GiveInformation,
    OfferTransfer,
    TakeBack,
)
from yiyang.beds.forms.transfers.requesting import (
    NOBODY_ASKED,
    AskForGreenChannel,
    ChangeUrgency,
    Path,
    RequestTransfer,
    TransferFilters,
)

__all__ = [
    "NOBODY_ASKED",
    "AcceptOffer",
    "Act",
    "AllocateBed",
    "AnswerOtherwise",
    "Arrive",
    "ArriveOutside",
    "AskForGreenChannel",
    "ChangeUrgency",
    "DeclineOffer",
    "Depart",
    "EnterEmergencyRoom",
    "EvaluateTransfer",
    "GiveInformation",
    "Hospital",
    "OfferTransfer",
    "OwnWord",
    "Path",
    "Question",
    "Reason",
    "RecordAgreement",
    "RequestTransfer",
    "SendBack",
    "TakeBack",
    "TransferFilters",
    "in_a_row",
    "lines",
]
