"""What FHIR R4 (4.0.1) allows in a resource: elements, how often, types, codes, and what HL7's rules add."""

from yiyang.gateways.fhir.r4.checking import faults

__all__ = ["faults"]
