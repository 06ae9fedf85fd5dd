"""What the page of a contract shows of beds: how its offers were answered."""

from __future__ import annotations

from typing import Any

from django.template.loader import render_to_string

from yiyang.access import contract_panels
from yiyang.beds.queries import contract_figures as queries
from yiyang.kernel.time import now


@contract_panels.register
def how_it_is_kept(request: Any, contract: Any) -> str:
    kept = queries.how_it_is_kept(contract.pk, now())
    context = {"kept": kept, "periods": queries.PERIODS, "contract": contract}
    return render_to_string("beds/parts/contract_figures.html", context, request)
