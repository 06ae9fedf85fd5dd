"""The JSON API of instruments, assessments, what is due, and questioned results."""

from yiyang.assessments.api import due, instruments, own, records, rescorings, signing

__all__ = ["due", "own", "rescorings", "routes", "signing"]

routes = [instruments.routes, records.routes]
