"""The JSON API of transfers: from request to arrival."""

from __future__ import annotations

from collections.abc import Collection
from typing import Annotated, Any, ClassVar
from uuid import UUID

from ninja import Query
from pydantic import Field

from yiyang.access import queries as access
from yiyang.access.bed_kinds import BedKind
from yiyang.access.permissions import Permission
from yiyang.beds import commands, queries
from yiyang.beds.api.handovers import HandoverSheet
from yiyang.beds.api.offers import OfferShown, offer_shown
from yiyang.beds.api.shown import AN_ID, Act, Unit, Who, happened, unit, who
from yiyang.beds.models import Agreement, Evaluation, Transfer
from yiyang.beds.models.inventory import Feature, Lane
from yiyang.beds.models.transfers import TransferState, Trigger, Urgency
from yiyang.beds.queries import candidates as candidate_queries
from yiyang.beds.rules.handover_sheet import TUBES
from yiyang.kernel.api import (
    Answer,
    Code,
    Example,
    Flag,
    Id,
    Instant,
    Line,
    Name,
    OneLine,
    OneOf,
    Page,
    Paging,
    Routes,
    Sentence,
    Shown,
    Text,
    Told,
    named,
    page,
)
from yiyang.kernel.api.papers import Base64, read_paper
from yiyang.kernel.refusals import NotFound
from yiyang.people import queries as people

routes = Routes("transfers")
TRANSFER = AN_ID.format(10)


class TransferShown(Shown):
    example: ClassVar[Example] = {
        "id": TRANSFER, "person": Who.example, "trigger": "HEALTH_WORSENED", "urgency": "URGENT",
        "target_kind": "HOSPITAL", "target_lane": "RESIDENCE",
        "from_unit": {"id": AN_ID.format(3), "name": "阳光养老院"},
        "requested_unit": {"id": AN_ID.format(3), "name": "阳光养老院"},
        "coordinator": {"id": AN_ID.format(4), "name": "区五床联动协调中心"},
        "chosen_unit": None, "to_unit": None, "destination_outside": "", "is_return": False,
        "reason": "发热三天，进食差", "evidence": "体温 38.9", "needs": ["OXYGEN"], "keep_bed": True,
        "requested_at": "2026-05-01T00:30:00Z", "requested_by": "李敏 · 养老机构护士", "asker": "", "asker_name": "",
        "wanted_from": "2026-05-01T00:30:00Z", "expected_until": None,
        "state": "REQUESTED", "state_since": "2026-05-01T00:30:00Z", "act_by": "2026-05-01T01:00:00Z",
        "escalated_at": None, "suspended_at": None, "called_120_at": None, "ambulance_arrived_at": None,
        "ambulance_left_at": None, "hospital_named_at": None, "handed_over_at": None, "departed_at": None,
        "arrived_at": None, "ended_at": None, "version": 1,
    }  # fmt: skip

    id: Id
    person: Who
    trigger: Annotated[str, OneOf(Trigger)]
    urgency: Annotated[str, OneOf(Urgency)]
    target_kind: Annotated[str, OneOf(BedKind)]
    target_lane: Annotated[str, OneOf(Lane)]
    from_unit: Unit | None
    requested_unit: Unit | None
    coordinator: Unit | None
    chosen_unit: Unit | None
    to_unit: Unit | None
    destination_outside: str
    is_return: bool
    reason: str
    evidence: str
    needs: list[str]
    keep_bed: bool
    requested_at: Instant
    requested_by: str
    asker: Annotated[str, Field(description="who asked explicitly; empty: nobody did")]
    asker_name: str
    wanted_from: Instant
    expected_until: Instant | None
    state: Annotated[str, OneOf(TransferState)]
    state_since: Instant
    act_by: Instant | None
    escalated_at: Instant | None
    suspended_at: Instant | None
    called_120_at: Instant | None
    ambulance_arrived_at: Instant | None
    ambulance_left_at: Instant | None
    hospital_named_at: Instant | None
    handed_over_at: Instant | None
    departed_at: Instant | None
    arrived_at: Instant | None
    ended_at: Instant | None
    version: int


class StepShown(Shown):
    verb: str
    from_state: str
    to_state: str
    at: Instant
    recorded_at: Instant
    by_label: str
    reason: str


class EvaluationShown(Shown):
    outcome: Annotated[str, OneOf(Evaluation.Outcome)]
    criteria: list[dict[str, Any]]
    statement: str
    clinician: str
    at: Instant


class AgreementShown(Shown):
    outcome: Annotated[str, OneOf(Agreement.Outcome)]
    by_whom: Annotated[str, OneOf(Agreement.ByWhom)]
    name: str
    relation: str
    how: Annotated[str, OneOf(Agreement.How)]
    at: Instant
    witness: str
    second_witness: str
    statement: str
    recorded_by: str


class HandoverShown(Shown):
    condition: str
    nursing_needs: str
    medicines: str
    allergies: str
    belongings: str
    transport: str
    accompanied_by: str
    sheet: Annotated[HandoverSheet, Field(description="the whole form; empty when a few words were given")]
    given_at: Instant
    given_by: str
    read_at: Instant | None
    read_by: str


class PromisedBed(Shown):
    bed: Id
    label: str
    room: str
    ward: str
    expires_at: Instant | None


class TransferInFull(TransferShown):
    """A transfer with all that belongs to it. Who said what is shown to those who may see the person."""

    example: ClassVar[Example] = TransferShown.example | {
        "can": ["agree", "cancel", "evaluate", "refuse"], "offers": [], "evaluations": [], "agreements": [],
        "handover": None, "promised_bed": None,
        "steps": [{"verb": "request", "from_state": "", "to_state": "REQUESTED",
                   "at": "2026-05-01T00:30:00Z", "recorded_at": "2026-05-01T00:30:00Z",
                   "by_label": "李敏 · 养老机构护士", "reason": "发热三天，进食差"}],
    }  # fmt: skip

    can: Annotated[list[str], Field(description="the steps that are open in this state")]
    offers: list[OfferShown]
    evaluations: list[EvaluationShown]
    agreements: list[AgreementShown]
    handover: HandoverShown | None
    promised_bed: PromisedBed | None
    steps: list[StepShown]


class OffersMade(Shown):
    example: ClassVar[Example] = {
        "transfer": TransferShown.example | {"state": "OFFERED", "version": 4},
        "offers": [OfferShown.example],
    }  # fmt: skip

    transfer: TransferShown
    offers: list[OfferShown]


class CandidateShown(Shown):
    """A unit that could take the person, with the reasons for its rank in words, or why it cannot be asked."""

    example: ClassVar[Example] = {
        "unit": Unit.example, "rank": 1, "reasons": ["有合作协议", "现有 3 张空床"], "blocked": "", "asked": "",
        "free": 3, "free_from": None, "km": 1.2, "contract": AN_ID.format(5),
    }  # fmt: skip

    unit: Unit
    rank: int
    reasons: list[str]
    blocked: str
    asked: Annotated[str, Field(description="the state of an offer that was made already")]
    free: int
    free_from: Instant | None
    km: float | None
    contract: Id | None


class Candidates(Shown):
    example: ClassVar[Example] = {"candidates": [CandidateShown.example]}

    candidates: list[CandidateShown]


class TransferFilter(Paging):
    state: Annotated[str, OneOf(TransferState)] | None = None
    live: Annotated[Flag | None, Field(description="true: only those not ended")] = None
    urgency: Annotated[str, OneOf(Urgency)] | None = None
    person: Id | None = None
    unit: Annotated[Id | None, Field(description="sender, receiver or coordinator")] = None


class RequestTransfer(Act):
    example: ClassVar[Example] = {
        "person": AN_ID.format(1), "trigger": "HEALTH_WORSENED", "urgency": "URGENT",
        "target_kind": "HOSPITAL", "reason": "发热三天，进食差", "evidence": "体温 38.9", "needs": ["OXYGEN"],
    }  # fmt: skip

    person: Id
    trigger: Annotated[str, OneOf(Trigger)]
    urgency: Annotated[str, OneOf(Urgency)]
    target_kind: Annotated[str, OneOf(BedKind)]
    target_lane: Annotated[str, OneOf(Lane)] | None = None
    reason: Sentence
    evidence: Text = ""
    needs: Annotated[list[Annotated[str, OneOf(Feature)]], Field(max_length=10)] = []
    chosen_unit: Id | None = None
    destination_outside: Name = ""
    wanted_from: Instant | None = None
    expected_until: Instant | None = None
    keep_bed: bool = True
    asker: Annotated[str, OneOf(["", *Agreement.ByWhom.values])] = ""
    asker_name: Name = ""


class AskForGreenChannel(Act):
    example: ClassVar[Example] = {"asker": "RELATIVE", "asker_name": "王芳"}

    asker: Annotated[str, OneOf(["", *Agreement.ByWhom.values])] = ""
    asker_name: Name = ""


class Criterion(Told):
    example: ClassVar[Example] = {"code": "FEVER", "met": True, "note": ""}

    code: Annotated[str, OneLine(40, 1)]
    met: bool
    note: Line = ""


class EvaluateTransfer(Act):
    example: ClassVar[Example] = {
        "outcome": "FIT", "statement": "需要住院抗感染治疗",
        "criteria": [{"code": "FEVER", "met": True, "note": "38.9"}],
    }  # fmt: skip

    outcome: Annotated[str, OneOf(Evaluation.Outcome)]
    statement: Sentence
    criteria: Annotated[list[Criterion], Field(max_length=50)] = []


class RecordAgreement(Act):
    example: ClassVar[Example] = {
        "outcome": "AGREED", "by_whom": "RELATIVE", "name": "王建国", "relation": "儿子", "how": "TELEPHONE",
        "witness": "李敏", "second_witness": "张丽", "statement": "同意住院",
    }  # fmt: skip

    outcome: Annotated[str, OneOf(Agreement.Outcome)]
    by_whom: Annotated[str, OneOf(Agreement.ByWhom)]
    name: Annotated[str, OneLine(120, 1)]
    relation: Annotated[str, OneLine(60)] = ""
    how: Annotated[str, OneOf(Agreement.How)]
    witness: Name = ""
    second_witness: Name = ""
    statement: Text = ""
    paper: Base64 | None = None
    paper_type: Annotated[str, OneOf(["image/jpeg", "image/png", "application/pdf", ""])] = ""


class OfferTransfer(Act):
    example: ClassVar[Example] = {"units": [AN_ID.format(2)], "reason": ""}

    units: Annotated[list[Id], Field(min_length=1, max_length=20)]
    reason: Line = ""


class AllocateBed(Act):
    example: ClassVar[Example] = {"bed": AN_ID.format(20)}

    bed: Annotated[Id | None, Field(description="any free bed that fits, when left out")] = None


class TakeBack(Act):
    example: ClassVar[Example] = {"lacking": "需要吸氧设备"}

    lacking: Text = ""


class DeclineReturn(Act):
    example: ClassVar[Example] = {"lacking": "不能护理气管切开", "tubes": ["TRACHEOSTOMY"]}

    lacking: Sentence
    tubes: Annotated[list[Annotated[str, OneOf(list(TUBES))]], Field(max_length=10)] = []


class HandOver(Act):
    example: ClassVar[Example] = {
        "condition": "神志清，体温 38.5", "medicines": "阿莫西林 0.5g tid", "allergies": "无",
        "transport": "AMBULANCE_120", "accompanied_by": "王建国（儿子）",
    }  # fmt: skip

    condition: Annotated[Text, Field(description="required, here or in the sheet")] = ""
    nursing_needs: Text = ""
    medicines: Text = ""
    allergies: Text = ""
    belongings: Text = ""
    transport: Code = ""
    accompanied_by: Name = ""
    sheet: Annotated[
        HandoverSheet | None, Field(description="the whole form; it replaces the few words above")
    ] = None


class Depart(Act):
    example: ClassVar[Example] = {"at": "2026-05-01T10:05:00+08:00"}

    earliest: Annotated[Instant | None, Field(description="when the hour is known as an interval")] = None


class Arrive(Act):
    example: ClassVar[Example] = {"responsible": "陈医生"}

    bed: Annotated[Id | None, Field(description="the reserved bed, when left out")] = None
    responsible: Name = ""


class ArriveOutside(Act):
    example: ClassVar[Example] = {"place_name": "华山医院", "care": False}

    place_name: Annotated[str, OneLine(120, 1)]
    care: Annotated[bool, Field(description="a care place, not a hospital")] = False


class NoteEmergencyTime(Act):
    example: ClassVar[Example] = {"what": "called_120"}

    what: Annotated[
        str, OneOf(["called_120", "ambulance_arrived", "ambulance_left", "hospital_named", "handed_over"])
    ]
    hospital: Name = ""


class EnterEmergencyRoom(Act):
    example: ClassVar[Example] = {"hospital": "区中心医院急诊", "unit": AN_ID.format(2)}

    hospital: Annotated[str, OneLine(120, 1)]
    unit: Annotated[Id | None, Field(description="when it is a unit of the network")] = None


class MoveOn(Act):
    example: ClassVar[Example] = {"hospital": "华山医院"}

    hospital: Annotated[str, OneLine(120, 1)]


class SendBack(Act):
    example: ClassVar[Example] = {"note": "观察后无需住院"}

    note: Text = ""


class WithReason(Act):
    example: ClassVar[Example] = {"reason": "家属改变主意"}

    reason: Sentence


class ChangeUrgency(WithReason):
    example: ClassVar[Example] = {"urgency": "EMERGENCY", "reason": "突发胸痛"}

    urgency: Annotated[str, OneOf(Urgency)]


@routes.get("/transfers", shows=Page[TransferShown])
def transfers(request: Any, asked: Query[TransferFilter]) -> Answer:
    """Transfers that concern your units, the latest request first."""
    rows = queries.transfers(request.actor)
    if asked.state:
        rows = rows.filter(state=asked.state)
    if asked.live is not None:
        rows = rows.live() if asked.live else rows.ended()
    if asked.urgency:
        rows = rows.filter(urgency=asked.urgency)
    if asked.person:
        rows = rows.filter(person=asked.person)
    if asked.unit:
        rows = rows.of_unit(asked.unit)
    open_persons: set[UUID] = set()

    def show(found: list[Transfer]) -> list[TransferShown]:
        open_persons.update(queries.open_to(request.actor, (one.person_id for one in found)))
        return [_shown(one, open_persons) for one in found]

    items, marker, _found = page(rows, asked, by=("-requested_at", "-id"), show=show)
    return Answer(Page[TransferShown](items=items, next=marker), persons=open_persons)


@routes.post("/transfers", shows=TransferShown, status=201, matches="")
def request_transfer(request: Any, body: RequestTransfer) -> Answer:
    """Ask for a person to be moved to another kind of bed.

    An emergency is never refused because another transfer is live: it suspends the routine one. It never waits
    for this platform either: call 120 first.
    """
    person = named("person", lambda: people.person(request.actor, body.person))
    if body.chosen_unit:
        named("chosen_unit", lambda: access.organisation(request.actor, body.chosen_unit))
    told = body.model_dump(exclude={"at", "person"})
    asked = commands.request_transfer(by=request.actor, at=happened(body), person=person, **told)
    return _answer(request, asked, location=True)


@routes.get("/transfers/{transfer_id}", shows=TransferInFull)
def read_transfer(request: Any, transfer_id: Id) -> Answer:
    """One transfer with its offers, evaluations, agreements, handover, promised bed and steps."""
    transfer = queries.transfer(request.actor, transfer_id)
    open_persons = queries.open_to(request.actor, [transfer.person_id])
    offers = [offer_shown(one) for one in queries.offers(request.actor).filter(transfer=transfer)]
    promised = queries.reservation_of(transfer)
    told = transfer.person_id in open_persons
    shows = TransferInFull(
        **_shown(transfer, open_persons).model_dump(),
        can=sorted(commands.open_verbs(transfer)),
        offers=offers,
        evaluations=[EvaluationShown.model_validate(one) for one in transfer.evaluations.order_by("at", "pk")]
        if told
        else [],
        agreements=[AgreementShown.model_validate(one) for one in queries.agreements_of(transfer)]
        if told
        else [],
        handover=_handover(transfer) if told else None,
        promised_bed=_promised(promised) if told else None,
        steps=[StepShown.model_validate(one) for one in transfer.steps.order_by("recorded_at", "pk")]
        if told
        else [],
    )
    return Answer(shows, version=transfer.version, persons=open_persons)


@routes.get("/transfers/{transfer_id}/candidates", shows=Candidates, permission=Permission.OFFER_TRANSFER)
def candidates(request: Any, transfer_id: Id) -> Answer:
    """Units that could take the person, best first, with the reasons in words."""
    transfer = queries.transfer(request.actor, transfer_id)
    if not request.actor.sees(transfer.person_id):
        raise NotFound
    found = candidate_queries.candidates(
        transfer, list(queries.offers(request.actor).filter(transfer=transfer))
    )
    return Answer(Candidates(candidates=[_candidate(one) for one in found]), persons=[transfer.person_id])


@routes.post("/transfers/{transfer_id}/evaluate", shows=TransferShown)
def evaluate_transfer(request: Any, transfer_id: Id, body: EvaluateTransfer) -> Answer:
    """A clinician judges by the criteria of the target kind whether this bed is the right one."""
    return _act(request, transfer_id, body, commands.evaluate_transfer)


@routes.post("/transfers/{transfer_id}/agree", shows=TransferShown)
def record_agreement(request: Any, transfer_id: Id, body: RecordAgreement) -> Answer:
    """Record what the person, the guardian or a relative said: agreed, refused, cannot decide, not reached."""
    return _act(request, transfer_id, body, commands.record_agreement, paper=read_paper(body.paper))


@routes.post("/transfers/{transfer_id}/offer", shows=OffersMade)
def offer_transfer(request: Any, transfer_id: Id, body: OfferTransfer) -> Answer:
    """Ask one unit, or several at once; the first to accept has the person."""
    transfer = queries.transfer(request.actor, transfer_id)
    for number, unit_id in enumerate(body.units):
        named(f"units/{number}", lambda unit_id=unit_id: access.organisation(request.actor, unit_id))
    offers = commands.offer_transfer(
        by=request.actor,
        at=happened(body),
        transfer=transfer,
        units=list(dict.fromkeys(body.units)),
        reason=body.reason,
    )
    answer = _answer(request, offers[0].transfer)
    made = queries.offers(request.actor).filter(pk__in=[one.pk for one in offers]).order_by("rank", "pk")
    answer.shows = OffersMade(transfer=answer.shows, offers=[offer_shown(one) for one in made])
    return answer


@routes.post("/transfers/{transfer_id}/take-back", shows=TransferShown)
def take_back(request: Any, transfer_id: Id, body: TakeBack) -> Answer:
    """The care home takes its resident back into the bed that it kept; no offer is needed."""
    return _act(request, transfer_id, body, commands.take_back)


@routes.post("/transfers/{transfer_id}/look-elsewhere", shows=TransferShown)
def look_elsewhere(request: Any, transfer_id: Id, body: WithReason) -> Answer:
    """Give back the bed and the acceptance, and offer the transfer to other units."""
    return _act(request, transfer_id, body, commands.look_elsewhere)


@routes.post("/transfers/{transfer_id}/allocate", shows=TransferShown)
def allocate_bed(request: Any, transfer_id: Id, body: AllocateBed) -> Answer:
    """The admission office gives a bed to a person whom its doctor has accepted. The reservation expires."""
    bed = named("bed", lambda: queries.bed(request.actor, body.bed)) if body.bed else None
    return _act(request, transfer_id, body, commands.allocate_bed, bed=bed)


@routes.post("/transfers/{transfer_id}/decline-return", shows=TransferShown)
def decline_return(request: Any, transfer_id: Id, body: DeclineReturn) -> Answer:
    """The home cannot manage what its resident needs now, such as a tube; the bed stays kept."""
    return _act(request, transfer_id, body, commands.decline_return)


@routes.post("/transfers/{transfer_id}/hand-over", shows=TransferShown)
def hand_over(request: Any, transfer_id: Id, body: HandOver) -> Answer:
    """Tell the receiving team what it must know; it can be completed until departure."""
    return _act(request, transfer_id, body, commands.hand_over)


@routes.post("/transfers/{transfer_id}/confirm-handover-read", shows=TransferShown)
def confirm_handover_read(request: Any, transfer_id: Id, body: Act) -> Answer:
    """The receiving team has read the handover."""
    transfer = queries.transfer(request.actor, transfer_id)
    commands.confirm_handover_read(by=request.actor, at=happened(body), transfer=transfer)
    return _answer(request, transfer)


@routes.post("/transfers/{transfer_id}/depart", shows=TransferShown)
def depart(request: Any, transfer_id: Id, body: Depart) -> Answer:
    """The person leaves. An emergency departs at once, before any acceptance, also to an unknown destination."""
    return _act(request, transfer_id, body, commands.depart)


@routes.post("/transfers/{transfer_id}/arrive", shows=TransferShown)
def arrive(request: Any, transfer_id: Id, body: Arrive) -> Answer:
    """The person is in the bed; the transfer is complete."""
    bed = named("bed", lambda: queries.bed(request.actor, body.bed)) if body.bed else None
    return _act(request, transfer_id, body, commands.arrive, bed=bed)


@routes.post("/transfers/{transfer_id}/arrive-outside", shows=TransferShown)
def arrive_outside(request: Any, transfer_id: Id, body: ArriveOutside) -> Answer:
    """Arrival at a destination outside the network, without a bed of ours."""
    return _act(request, transfer_id, body, commands.arrive_outside)


@routes.post("/transfers/{transfer_id}/note-emergency-time", shows=TransferShown)
def note_emergency_time(request: Any, transfer_id: Id, body: NoteEmergencyTime) -> Answer:
    """One tap: 120 called, ambulance there, ambulance left, hospital named, handed over."""
    return _act(request, transfer_id, body, commands.note_emergency_time)


@routes.post("/transfers/{transfer_id}/enter-emergency-room", shows=TransferShown)
def enter_emergency_room(request: Any, transfer_id: Id, body: EnterEmergencyRoom) -> Answer:
    """The person is in an emergency room or under observation: a place without a bed of ours."""
    if body.unit:
        named("unit", lambda: access.organisation(request.actor, body.unit))
    return _act(request, transfer_id, body, commands.enter_emergency_room, unit_id=body.unit)


@routes.post("/transfers/{transfer_id}/move-on", shows=TransferShown)
def move_on(request: Any, transfer_id: Id, body: MoveOn) -> Answer:
    """From one emergency room on to another hospital."""
    return _act(request, transfer_id, body, commands.move_on)


@routes.post("/transfers/{transfer_id}/send-back", shows=TransferShown)
def send_back(request: Any, transfer_id: Id, body: SendBack) -> Answer:
    """Back without admission: the held bed is theirs again, and what was suspended goes on."""
    return _act(request, transfer_id, body, commands.send_back)


@routes.post("/transfers/{transfer_id}/fail", shows=TransferShown)
def fail_transfer(request: Any, transfer_id: Id, body: WithReason) -> Answer:
    """The move came to nothing on the way; the person is back in the held bed, or at home."""
    return _act(request, transfer_id, body, commands.fail_transfer)


@routes.post("/transfers/{transfer_id}/cancel", shows=TransferShown)
def cancel_transfer(request: Any, transfer_id: Id, body: WithReason) -> Answer:
    """Stop a transfer before departure; its offers and its reservation end with it."""
    return _act(request, transfer_id, body, commands.cancel_transfer)


@routes.post("/transfers/{transfer_id}/resume", shows=TransferShown)
def resume_transfer(request: Any, transfer_id: Id, body: Act) -> Answer:
    """Take up a transfer that an emergency had suspended."""
    return _act(request, transfer_id, body, commands.resume_transfer)


@routes.post("/transfers/{transfer_id}/ask-for-green-channel", shows=TransferShown)
def ask_for_green_channel(request: Any, transfer_id: Id, body: AskForGreenChannel) -> Answer:
    """Person or family ask explicitly: a routine transfer then has the priority of the green channel."""
    return _act(request, transfer_id, body, commands.ask_for_green_channel)


@routes.post("/transfers/{transfer_id}/change-urgency", shows=TransferShown)
def change_urgency(request: Any, transfer_id: Id, body: ChangeUrgency) -> Answer:
    """It has become more, or less, urgent."""
    return _act(request, transfer_id, body, commands.change_urgency)


def _act(request: Any, transfer_id: UUID, body: Act, command: Any, **resolved: Any) -> Answer:
    """One command on one transfer, and the transfer as it is then."""
    transfer = queries.transfer(request.actor, transfer_id)
    told = body.model_dump(exclude={"at", "unit", *resolved}) | resolved
    done = command(by=request.actor, at=happened(body), transfer=transfer, **told)
    return _answer(request, done)


def _answer(request: Any, transfer: Transfer, *, location: bool = False) -> Answer:
    """The transfer as it is after the act; a caller who no longer sees it gets what the act left behind."""
    fresh = queries.transfers(request.actor).filter(pk=transfer.pk).first() or transfer
    open_persons = queries.open_to(request.actor, [fresh.person_id])
    return Answer(
        _shown(fresh, open_persons),
        version=fresh.version,
        persons=open_persons,
        location=f"/api/transfers/{fresh.pk}" if location else "",
    )


UNITS = ("from_unit", "requested_unit", "coordinator", "chosen_unit", "to_unit")


def _shown(transfer: Transfer, open_persons: Collection[UUID]) -> TransferShown:
    units = {name: unit(getattr(transfer, name)) for name in UNITS}
    same = {
        name: getattr(transfer, name)
        for name in TransferShown.model_fields
        if name not in units and name != "person"
    }
    if transfer.asker and transfer.person_id not in open_persons:  # whoever asked is family, or the person
        same |= {"requested_by": "", "asker_name": ""}
    return TransferShown(person=who(transfer.person, open_persons), **units, **same)


def _candidate(choice: Any) -> CandidateShown:
    known = choice.ranked.candidate
    return CandidateShown(
        unit=Unit(id=known.unit_id, name=known.name),
        rank=choice.ranked.rank,
        reasons=choice.ranked.reasons,
        blocked=choice.ranked.blocked,
        asked=choice.asked,
        free=known.free,
        free_from=known.free_from,
        km=known.km,
        contract=known.contract_id,
    )


def _handover(transfer: Transfer) -> HandoverShown | None:
    given = getattr(transfer, "handover", None)
    return HandoverShown.model_validate(given) if given else None


def _promised(row: Any) -> PromisedBed | None:
    if row is None:
        return None
    room = row.bed.room
    return PromisedBed(
        bed=row.bed_id,
        label=row.bed.label,
        room=room.label if room else "",
        ward=room.ward.name if room else "",
        expires_at=row.expires_at,
    )
