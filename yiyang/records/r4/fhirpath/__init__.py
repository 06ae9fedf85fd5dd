"""FHIRPath over R4 resources: an expression is read once and compiled to closures, which are quick.

path("name.given.first()").of(patient) -> [Node]
"""

from yiyang.records.r4.fhirpath.compiling import Expression, path
from yiyang.records.r4.fhirpath.errors import FhirPathError
from yiyang.records.r4.fhirpath.nodes import Node

__all__ = ["Expression", "FhirPathError", "Node", "path"]
