"""Every write of the clinical record."""

from yiyang.records.commands import matching
from yiyang.records.commands.bundles import Done, process_bundle
from yiyang.records.commands.entries import (
    mark_in_error,
    record_allergy,
    record_diagnosis,
    record_medicine,
    write_note,
)
from yiyang.records.commands.patches import Patch, read_patch
from yiyang.records.commands.recognition import accept_result, check_order, order_test
from yiyang.records.commands.resources import (
    check,
    create_resource,
    delete_resource,
    patch_resource,
    update_resource,
)
from yiyang.records.commands.rows import IdTaken
from yiyang.records.commands.terms import load_terms, unload_terms
from yiyang.records.commands.topics import judge_topics
from yiyang.records.commands.vital_signs import record_vital_signs
