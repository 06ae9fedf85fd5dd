"""Whether entries were judged by the lists in force."""

from __future__ import annotations

from yiyang.records.models import TopicsJudged
from yiyang.records.queries.disclosed import lists_today


def to_judge() -> bool:
    """Also where it was never done: after an upgrade, and when a policy comes into force."""
    return not TopicsJudged.objects.filter(lists=lists_today(), ended_at__isnull=False).exists()
