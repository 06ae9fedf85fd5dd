"""The JSON API of the clinical record, beside `/fhir`: for those who write no FHIR."""

from yiyang.records.api import explaining, recognition, vital_signs

routes = [vital_signs.routes, explaining.routes, recognition.routes]
