"""FHIR's searches: read, and judged against a resource. What the database makes of them is in `records.queries`."""

from yiyang.records.r4.search.matching import meets, met
from yiyang.records.r4.search.parsing import parse
from yiyang.records.r4.search.query import Chain, Condition, Has, Include, Part, Query, Sort

__all__ = ["Chain", "Condition", "Has", "Include", "Part", "Query", "Sort", "meets", "met", "parse"]
