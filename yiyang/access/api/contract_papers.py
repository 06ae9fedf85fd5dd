"""The signed papers of a contract."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from pydantic import Field

from yiyang.kernel.api import Answer, Example, Id, Instant, Line, Name, Shown, Told
from yiyang.kernel.api.papers import Base64, PaperListed, PaperShown, in_full, read_paper
from yiyang.kernel.refusals import NotFound
from yiyang.kernel.time import now

from .. import commands, queries
from ..models import ContractPaper
from ..permissions import Permission
from .contracts import ContractReason, routes
from .shown import HOME


class ContractPaperListed(PaperListed):
    example: ClassVar[Example] = PaperListed.example | {
        "contract": HOME, "name": "协议扫描件.pdf", "size": 120345, "note": "第 1 至 6 页", "taken_out_at": None,
        "taken_out_by": "", "taken_out_reason": "",
    }  # fmt: skip

    contract: Id
    name: str
    size: Annotated[int, Field(description="in bytes")]
    note: str
    taken_out_at: Instant | None
    taken_out_by: str
    taken_out_reason: str


class ContractPapers(Shown):
    example: ClassVar[Example] = {"papers": [ContractPaperListed.example]}

    papers: Annotated[list[ContractPaperListed], Field(description="what was taken out comes last")]


class AttachContractPaper(Told):
    example: ClassVar[Example] = {"paper": "JVBERi0xLjQ=", "name": "协议扫描件.pdf", "note": "第 1 至 6 页"}

    paper: Base64
    name: Name = ""
    note: Line = ""


@routes.get("/contracts/{contract_id}/papers", shows=ContractPapers)
def contract_papers(request: Any, contract_id: Id) -> Answer:
    """The papers that are attached to a contract, for those who manage contracts for one of the parties."""
    return _papers(_mine(request, contract_id))


@routes.post("/contracts/{contract_id}/papers", shows=ContractPapers, status=201)
def attach_contract_paper(request: Any, contract_id: Id, body: AttachContractPaper) -> Answer:
    """Keep the signed paper with the contract, whatever its state."""
    contract = _mine(request, contract_id)
    commands.attach_contract_paper(
        by=request.actor, at=now(), contract=contract, content=read_paper(body.paper) or b"", name=body.name,
        note=body.note,
    )  # fmt: skip
    return _papers(contract)


@routes.get("/contract-papers/{contract_paper_id}", shows=PaperShown)
def contract_paper(request: Any, contract_paper_id: Id) -> Answer:
    """A signed paper itself."""
    return Answer(in_full(queries.contract_paper(request.actor, contract_paper_id)))


@routes.post("/contract-papers/{contract_paper_id}/take-out", shows=ContractPaperListed, matches="")
def take_out_contract_paper(request: Any, contract_paper_id: Id, body: ContractReason) -> Answer:
    """The paper does not belong here. Nobody can open it any more; that it was here stays."""
    paper = queries.contract_paper(request.actor, contract_paper_id)
    done = commands.take_out_contract_paper(by=request.actor, at=now(), paper=paper, reason=body.reason)
    return Answer(_listed(done))


def _mine(request: Any, contract_id: Any) -> Any:
    contract = queries.contract(request.actor, contract_id)
    parties = (contract.first_id, contract.second_id)
    if not any(request.actor.may(Permission.MANAGE_CONTRACTS, one) for one in parties):
        raise NotFound
    return contract


def _papers(contract: Any) -> Answer:
    return Answer(
        ContractPapers(papers=[_listed(one) for one in queries.papers(contract)]), version=contract.version
    )


def _listed(one: ContractPaper) -> ContractPaperListed:
    apart = ("id", "contract")
    same = {name: getattr(one, name) for name in ContractPaperListed.model_fields if name not in apart}
    return ContractPaperListed(id=one.pk, contract=one.contract_id, **same)
