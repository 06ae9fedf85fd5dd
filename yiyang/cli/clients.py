"""`yiyang client …`: programs of others that reach the record over /fhir."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from yiyang.cli.accounts import known_purpose, membership_named
from yiyang.cli.start import REFUSED, fail, installation, say

client = typer.Typer(help="Programs of others (OAuth 2 clients).", no_args_is_help=True)
Data = Annotated[Path | None, typer.Option(help="Folder of the installation.")]


@client.command("register")
def register(
    name: Annotated[str, typer.Argument(help="What it is called.")],
    login: Annotated[str, typer.Option(help="The account as which it acts.")],
    scope: Annotated[
        str, typer.Option(help="What it may ask for, as: system/Patient.rs system/Observation.rs")
    ],
    role: Annotated[str | None, typer.Option(help="Which role of that account, when it has several.")] = None,
    keys: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="File with its public keys: JWKS or PEM.")
    ] = None,
    keys_url: Annotated[str, typer.Option(help="Or the https address where its JWKS lies.")] = "",
    purpose: Annotated[
        str, typer.Option(help="What for it reads: CARE, SUPERVISION, RESEARCH or PAYMENT.")
    ] = "CARE",
    data: Data = None,
) -> None:
    """Register a program that works by itself. Its client_id goes to standard output."""
    text = keys.read_bytes().decode("utf-8", "replace") if keys else ""
    with installation(data):
        from yiyang.access import commands, queries
        from yiyang.kernel.actors import SYSTEM
        from yiyang.kernel.time import now

        owner = queries.accounts(SYSTEM).filter(login=login.lower()).first()
        membership = membership_named(owner, role) if owner else None
        if owner is None or membership is None:
            fail(f"There is no account {login} with a role. List them with: yiyang account list", REFUSED)
        made, _secret = commands.register_client(
            by=SYSTEM, at=now(), organisation=membership.organisation, name=name, kind="SERVICE", scope=scope,
            membership=membership, keys=text, keys_url=keys_url, purpose=known_purpose(purpose),
        )  # fmt: skip
    say(str(made.pk))


@client.command("list")
def listed(data: Data = None) -> None:
    """Every program and app: its client_id, name, what it is, what it may ask for."""
    with installation(data):
        from yiyang.access import queries
        from yiyang.kernel.actors import SYSTEM

        found = list(queries.clients(SYSTEM))
    for one in found:
        state = "stopped" if one.stopped_at else one.kind.lower()
        say(f"{one.pk}  {state:8} {one.name}  {one.scope}")


@client.command("stop")
def stop(
    client_id: Annotated[str, typer.Argument(help="As `yiyang client list` shows it.")], data: Data = None
) -> None:
    """It gets nothing more, and what it holds stops at once."""
    with installation(data):
        from yiyang.access import commands, queries
        from yiyang.kernel.actors import SYSTEM
        from yiyang.kernel.time import now

        found = next((one for one in queries.clients(SYSTEM) if str(one.pk) == client_id), None)
        if found is None:
            fail(f"There is no program {client_id}. List them with: yiyang client list", REFUSED)
        commands.stop_client(by=SYSTEM, at=now(), client=found)
    say(f"{found.name} is stopped.")
