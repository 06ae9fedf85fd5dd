from .alarms import Alarm, AlarmNote, AlarmRule, Limit, Suppression
from .registry import Device, DeviceConsent, DeviceCredential, DeviceGateway, DeviceState, Loan, Sensed
from .rejected import Rejected
