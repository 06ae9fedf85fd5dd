"""FHIR R4 over HTTP under /fhir."""
