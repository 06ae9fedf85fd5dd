"""What came of a telephone call about an alarm, in words. Pure.

Whoever is phoned is the person, or somebody near them: they are well or need help, they do not take a duty over.
"""

from typing import Any

from django.utils.translation import gettext_lazy as _

from yiyang.duty.rules.results import CallResult

CAME_OF_IT: dict[str, Any] = {
    **dict(CallResult.choices),
    CallResult.REACHED: _("spoke with them"),
    CallResult.REFUSED: _("spoke with them: they want no help"),
}
