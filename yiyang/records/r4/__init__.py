"""FHIR R4 (4.0.1) itself: what it defines, how its JSON is read, checked, patched and indexed. No tables, no settings."""
