"""What the components of the screens are given: plain values, no models.

The tags that draw them are in `templatetags/kernel.py`; `docs/screens.md` shows how each is used.
"""

from yiyang.kernel.components.charts import Chart, Held, Lane, Series, Span
from yiyang.kernel.components.kinds import KINDS, Kind, kind_of
from yiyang.kernel.components.lists import Column, Entry, Step, Table
from yiyang.kernel.components.occupancy import Figures
from yiyang.kernel.components.ribbon import Block, Mark, Notch, Ribbon

__all__ = [
    "KINDS",
    "Block",
    "Chart",
    "Column",
    "Entry",
    "Figures",
    "Held",
    "Kind",
    "Lane",
    "Mark",
    "Notch",
    "Ribbon",
    "Series",
    "Span",
    "Step",
    "Table",
    "kind_of",
]
