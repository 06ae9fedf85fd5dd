"""The JSON API of devices: the list of a unit, keys, gateways."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from ninja import Query
from pydantic import Field

from yiyang.access.permissions import Permission
from yiyang.devices import commands
from yiyang.devices.models.registry import Device, DeviceCredential, DeviceGateway, DeviceState
from yiyang.devices.queries import credentials
from yiyang.devices.queries import devices as queries
from yiyang.devices.rules.kinds import BY_KIND, Datum, DeviceKind
from yiyang.devices.rules.silence import expected
from yiyang.kernel.api import (
    Answer,
    Example,
    Id,
    Instant,
    Number,
    OneLine,
    OneOf,
    Page,
    Paging,
    Routes,
    Sentence,
    Shown,
    Told,
    page,
)
from yiyang.kernel.time import now

routes = Routes("devices")
UNIT = "01890f5e-7c4a-7a31-8e2b-3f5b2f6c1d03"
DEVICE = "01890f5e-7c4a-7a31-8e2b-3f5b2f6c2a01"
GATEWAY = "01890f5e-7c4a-7a31-8e2b-3f5b2f6c2a02"
KEY = "01890f5e-7c4a-7a31-8e2b-3f5b2f6c2a03"
Serial = Annotated[str, OneLine(80, 1)]
Short = Annotated[str, OneLine(80)]
Urn = Annotated[str, OneLine(120), Field(description="how it names itself in messages")]
Identification = Annotated[str, OneLine(120), Field(description="UDI of GS1, as it stands on the label")]
Coordinates = Annotated[
    str, OneOf(Datum), Field(description="in which it tells places, where its messages do not say")
]
Seconds = Annotated[int | None, Number(10, 31 * 86400), Field(description="null: as is usual for the kind")]
Why = Annotated[Sentence, Field(max_length=200)]


class DeviceShown(Shown):
    example: ClassVar[Example] = {
        "id": DEVICE, "unit": UNIT, "kind": "BRACELET", "serial": "B2-000417", "urn": "urn:dev:ops:bracelet-B2-000417",
        "model": "B2", "firmware": "1.4.2", "udi": "(01)06901234567892(21)B2-000417", "datum": "WGS84", "state": "LENT", "silent": False, "battery": 82,
        "last_seen_at": "2026-05-01T08:00:00Z", "expected_seconds": 300, "sends": ["HEART_RATE", "OXYGEN"],
        "quiet_until": None, "quiet_reason": "", "version": 3,
    }  # fmt: skip

    id: Id
    unit: Id
    kind: Annotated[str, OneOf(DeviceKind)]
    serial: str
    urn: Urn
    model: str
    firmware: str
    udi: str
    datum: Coordinates
    state: Annotated[str, OneOf(DeviceState)]
    silent: Annotated[bool, Field(description="nothing came for three of its intervals, though it is lent")]
    battery: Annotated[int | None, Field(description="percent")]
    last_seen_at: Instant | None
    expected_seconds: int | None
    sends: list[str]
    quiet_until: Annotated[Instant | None, Field(description="in maintenance: its silence calls nobody")]
    quiet_reason: str
    version: int


class DeviceAsked(Paging):
    unit: Id | None = None
    kind: Annotated[str, OneOf(DeviceKind)] | None = None
    state: Annotated[str, OneOf(list(queries.STATES))] | None = None


class RegisterDevice(Told):
    example: ClassVar[Example] = {"unit": UNIT, "kind": "BRACELET", "serial": "B2-000417", "model": "B2"}

    unit: Id
    kind: Annotated[str, OneOf(DeviceKind)]
    serial: Serial
    urn: Urn = ""
    model: Short = ""
    firmware: Annotated[str, OneLine(40)] = ""
    udi: Identification = ""
    datum: Coordinates = Datum.WGS84
    expected_seconds: Seconds = None


class ChangeDevice(Told):
    example: ClassVar[Example] = {
        "serial": "B2-000417",
        "urn": "urn:dev:ops:bracelet-B2-000417",
        "firmware": "1.4.3",
    }

    serial: Serial
    urn: Urn
    model: Short = ""
    firmware: Annotated[str, OneLine(40)] = ""
    udi: Identification = ""
    datum: Coordinates = Datum.WGS84
    expected_seconds: Seconds = None


class Because(Told):
    example: ClassVar[Example] = {"reason": "屏幕碎裂"}

    reason: Why


class Maintain(Told):
    example: ClassVar[Example] = {"until": "2026-05-02T08:00:00Z", "reason": "更换电池"}

    until: Instant
    reason: Why


class Plain(Told):
    example: ClassVar[Example] = {}


class GatewayShown(Shown):
    example: ClassVar[Example] = {
        "id": GATEWAY, "unit": UNIT, "name": "三楼网关", "urn": "urn:dev:ops:gateway-3", "expected_seconds": 120,
        "last_seen_at": None, "stopped_at": None,
    }  # fmt: skip

    id: Id
    unit: Id
    name: str
    urn: Urn
    expected_seconds: int
    last_seen_at: Instant | None
    stopped_at: Instant | None


class GatewaysShown(Shown):
    example: ClassVar[Example] = {"items": [GatewayShown.example]}

    items: list[GatewayShown]


class RegisterGateway(Told):
    example: ClassVar[Example] = {"unit": UNIT, "name": "三楼网关", "urn": "urn:dev:ops:gateway-3"}

    unit: Id
    name: Annotated[str, OneLine(80, 1)]
    urn: Urn
    expected_seconds: Annotated[int, Number(10, 31 * 86400)] = 120


class CredentialShown(Shown):
    example: ClassVar[Example] = {
        "id": KEY, "device": DEVICE, "gateway": None, "issued_at": "2026-05-01T08:00:00Z", "expires_at": None,
        "revoked_at": None,
    }  # fmt: skip

    id: Id
    device: Id | None
    gateway: Id | None
    issued_at: Instant
    expires_at: Instant | None
    revoked_at: Instant | None


class CredentialsShown(Shown):
    example: ClassVar[Example] = {"items": [CredentialShown.example]}

    items: list[CredentialShown]


class CredentialIssued(Shown):
    example: ClassVar[Example] = {"credential": CredentialShown.example, "secret": "yiyang_d_…"}

    credential: CredentialShown
    secret: Annotated[str, Field(description="told this once; only a digest is kept")]


class IssueCredential(Told):
    example: ClassVar[Example] = {"overlap_hours": 24, "days": 365}

    overlap_hours: Annotated[
        int, Number(0, 720), Field(description="so long former keys are still valid; 0: they end at once")
    ] = 0
    days: Annotated[int | None, Number(1, 1830), Field(description="null: until it is exchanged")] = None


@routes.get("/devices", shows=Page[DeviceShown], permission=Permission.LEND_DEVICE)
def devices(request: Any, asked: Query[DeviceAsked]) -> Answer:
    """The devices of your units; those that were given up only when asked for by state."""
    rows = queries.devices(request.actor, unit_id=asked.unit, kind=asked.kind or "", state=asked.state or "")
    items, marker, _rows = page(rows, asked, by=("id",), show=lambda found: [_device(one) for one in found])
    return Answer(Page[DeviceShown](items=items, next=marker))


@routes.post("/devices", shows=DeviceShown, status=201, matches="")
def register_device(request: Any, body: RegisterDevice) -> Answer:
    """Take a device into the list of a unit."""
    told = body.model_dump(exclude={"unit"})
    made = commands.register_device(by=request.actor, at=now(), unit_id=body.unit, **told)
    return _answer(made, location=f"/api/devices/{made.pk}")


@routes.get("/devices/{device_id}", shows=DeviceShown, permission=Permission.LEND_DEVICE)
def read_device(request: Any, device_id: Id) -> Answer:
    """One device."""
    return _answer(queries.device(request.actor, device_id))


@routes.patch("/devices/{device_id}", shows=DeviceShown)
def change_device(request: Any, device_id: Id, body: ChangeDevice) -> Answer:
    """Other details; all of them are sent, as for a new device."""
    found = queries.device(request.actor, device_id)
    return _answer(
        commands.change_device(
            by=request.actor, at=now(), device=found, version=request.version, **body.model_dump()
        )
    )


@routes.post("/devices/{device_id}/retire", shows=DeviceShown)
def retire_device(request: Any, device_id: Id, body: Because) -> Answer:
    """Nothing more is taken from it; what it sent stays."""
    found = queries.device(request.actor, device_id)
    told = {"reason": body.reason, "version": request.version}
    return _answer(commands.retire_device(by=request.actor, at=now(), device=found, **told))


@routes.post("/devices/{device_id}/maintenance", shows=DeviceShown)
def set_device_quiet(request: Any, device_id: Id, body: Maintain) -> Answer:
    """Until its end the device's silence calls nobody."""
    found = queries.device(request.actor, device_id)
    told = {**body.model_dump(), "version": request.version}
    return _answer(commands.set_device_quiet(by=request.actor, at=now(), device=found, **told))


@routes.post("/devices/{device_id}/end-maintenance", shows=DeviceShown)
def end_device_quiet(request: Any, device_id: Id, body: Plain) -> Answer:
    """Its silence counts again."""
    found = queries.device(request.actor, device_id)
    return _answer(
        commands.end_device_quiet(by=request.actor, at=now(), device=found, version=request.version)
    )


@routes.get("/devices/{device_id}/credentials", shows=CredentialsShown, permission=Permission.MANAGE_DEVICES)
def device_credentials(request: Any, device_id: Id) -> Answer:
    """The keys of a device, the newest first; never their text."""
    found = credentials.credentials_of(queries.device(request.actor, device_id))
    return Answer(CredentialsShown(items=[_credential(one) for one in found]))


@routes.post("/devices/{device_id}/credentials", shows=CredentialIssued, status=201, matches="")
def issue_device_credential(request: Any, device_id: Id, body: IssueCredential) -> Answer:
    """A new key for a device."""
    return _issued(request, queries.device(request.actor, device_id), body)


@routes.post("/device-credentials/{device_credential_id}/revoke", shows=CredentialShown, matches="")
def revoke_credential(request: Any, device_credential_id: Id, body: Plain) -> Answer:
    """Nothing more is taken under this key."""
    found = credentials.credential(request.actor, device_credential_id)
    return Answer(_credential(commands.revoke_credential(by=request.actor, at=now(), credential=found)))


@routes.get("/device-gateways", shows=GatewaysShown, permission=Permission.MANAGE_DEVICES)
def device_gateways(request: Any) -> Answer:
    """The gateways of your units, stopped ones last."""
    found = queries.gateways(request.actor)
    return Answer(GatewaysShown(items=[_gateway(one) for one in found]))


@routes.post("/device-gateways", shows=GatewayShown, status=201, matches="")
def register_gateway(request: Any, body: RegisterGateway) -> Answer:
    """A box or service that sends for the devices of a unit and of those below it."""
    told = body.model_dump(exclude={"unit"})
    return Answer(_gateway(commands.register_gateway(by=request.actor, at=now(), unit_id=body.unit, **told)))


@routes.post(
    "/device-gateways/{device_gateway_id}/credentials", shows=CredentialIssued, status=201, matches=""
)
def issue_gateway_credential(request: Any, device_gateway_id: Id, body: IssueCredential) -> Answer:
    """A new key for a gateway."""
    return _issued(request, queries.gateway(request.actor, device_gateway_id), body)


@routes.post("/device-gateways/{device_gateway_id}/stop", shows=GatewayShown, matches="")
def stop_gateway(request: Any, device_gateway_id: Id, body: Because) -> Answer:
    """Its keys end, and its silence calls nobody."""
    found = queries.gateway(request.actor, device_gateway_id)
    return Answer(
        _gateway(commands.stop_gateway(by=request.actor, at=now(), gateway=found, reason=body.reason))
    )


def _issued(request: Any, owner: Device | DeviceGateway, body: IssueCredential) -> Answer:
    made, secret = commands.issue_credential(by=request.actor, at=now(), owner=owner, **body.model_dump())
    return Answer(CredentialIssued(credential=_credential(made), secret=secret))


def _answer(one: Device, *, location: str = "") -> Answer:
    return Answer(_device(one), version=one.version, location=location)


def _device(one: Device) -> DeviceShown:
    apart = ("unit", "silent", "sends", "expected_seconds")
    same = {name: getattr(one, name) for name in DeviceShown.model_fields if name not in apart}
    return DeviceShown(
        unit=one.unit_id, silent=bool(getattr(one, "is_silent", False)),
        expected_seconds=expected(one.kind, one.expected_seconds),
        sends=[quantity.name for quantity in BY_KIND[DeviceKind(one.kind)].quantities], **same,
    )  # fmt: skip


def _gateway(one: DeviceGateway) -> GatewayShown:
    same = {name: getattr(one, name) for name in GatewayShown.model_fields if name != "unit"}
    return GatewayShown(unit=one.unit_id, **same)


def _credential(one: DeviceCredential) -> CredentialShown:
    same = {name: getattr(one, name) for name in ("id", "issued_at", "expires_at", "revoked_at")}
    return CredentialShown(device=one.device_id, gateway=one.gateway_id, **same)
