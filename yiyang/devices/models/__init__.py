from .alarms import Alarm, AlarmNote, AlarmRule, Limit, Suppression
from .beats import Beat
from .fences import Fence
from .looks import Look
from .notes import ReadingNote
from .registry import Device, DeviceConsent, DeviceCredential, DeviceGateway, DeviceState, Loan, Sensed
from .rejected import Rejected, SetAside
from .trials import RuleTrial
from .visits import AlarmVisit
from .waiting import WaitingTimes
