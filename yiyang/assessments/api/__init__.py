"""The JSON API of instruments, assessments, what is due, and questioned results."""

from yiyang.assessments.api import due, instruments, own, records, signing

__all__ = ["due", "own", "routes", "signing"]

routes = [instruments.routes, records.routes]
