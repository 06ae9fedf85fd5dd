"""Every read of the clinical record; all start from what the actor may see."""

from yiyang.records.queries.history import Changes, history, history_of_type
from yiyang.records.queries.resources import Gone, current, resource, version
from yiyang.records.queries.visible import (
    measured_open,
    open_person,
    readable_person,
    remembering,
    row_sql,
    visible_sql,
)
