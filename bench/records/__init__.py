"""The record over /fhir: what it costs to write, read, search, import and give out."""
