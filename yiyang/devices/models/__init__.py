from .registry import Device, DeviceConsent, DeviceCredential, DeviceGateway, DeviceState, Loan, Sensed
from .rejected import Rejected
