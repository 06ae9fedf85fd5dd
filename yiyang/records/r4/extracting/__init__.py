"""What a resource is found by: R4's search parameters, compiled from their official expressions."""

from yiyang.records.r4.extracting.index import Index
from yiyang.records.r4.extracting.parameters import Parameter, names, parameters
from yiyang.records.r4.extracting.reading import (
    extract,
    main_date,
    own_references,
    person_references,
    values,
)

__all__ = [
    "Index",
    "Parameter",
    "extract",
    "main_date",
    "names",
    "own_references",
    "parameters",
    "person_references",
    "values",
]
