"""`yiyang district`, `yiyang account …`, `yiyang token …`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from yiyang.cli.start import REFUSED, fail, installation, say

if TYPE_CHECKING:
    from yiyang.access.models import Account, Membership, Organisation
    from yiyang.ops.configuration import Config

account = typer.Typer(help="Accounts.", no_args_is_help=True)
token = typer.Typer(help="API tokens.", no_args_is_help=True)
Data = Annotated[Path | None, typer.Option(help="Folder of the installation.")]
ADMINISTRATORS = {
    "system": ("SYSTEM_ADMINISTRATOR", "系统管理员"),
    "security": ("SECURITY_ADMINISTRATOR", "安全管理员"),
    "audit": ("AUDIT_ADMINISTRATOR", "审计管理员"),
}


def register(app: typer.Typer) -> None:
    app.command()(district)


def district(
    name: Annotated[str, typer.Option(help="Name of the district's coordination centre.")],
    area: Annotated[str | None, typer.Option(help="6-digit code; else the configured one.")] = None,
    data: Data = None,
) -> None:
    """Begin a district in an empty installation: its areas, its coordination centre, three administrators.

    The administrators of system, security and audit are three separate people. Each gets a password that is
    shown once and must be changed at the first sign-in.
    """
    with installation(data) as config:
        from django.db import transaction

        from yiyang.access import commands, queries
        from yiyang.access.areas import load_district
        from yiyang.kernel.actors import SYSTEM
        from yiyang.kernel.time import now

        if queries.organisations(SYSTEM, active=None).exists():
            fail(
                "This installation has a district already. Add to it on its pages, or with: yiyang import",
                REFUSED,
            )
        with transaction.atomic():
            place = load_district(area or config.area)
            centre = commands.add_organisation(
                by=SYSTEM, at=now(), kind="COORDINATION_CENTRE", name_zh=name, area=place
            )
            made = [
                (login, role, _add(login, title, centre, role))
                for login, (role, title) in ADMINISTRATORS.items()
            ]
    say(f"{place.name} ({place.code}) begins with {name}.")
    for login, role, password in made:
        say(f"  {login:10} {password:20} {role}")
    say("The passwords are shown this once, and must be changed at the first sign-in.")
    say('Next: sign in as "system" to add organisations and staff, or import them: yiyang import --help')


def _add(login: str, name: str, organisation: Organisation, role: str, password: str = "") -> str:
    from yiyang.access import commands
    from yiyang.access.passwords import new_password
    from yiyang.kernel.actors import SYSTEM
    from yiyang.kernel.time import now

    chosen = password or new_password()
    commands.add_account(
        by=SYSTEM, at=now(), login=login, name=name, password=chosen, organisation=organisation, role=role
    )
    return chosen


@account.command("add")
def add_account(
    login: Annotated[str, typer.Option(help="Small letters, digits, dots, hyphens.")],
    name: Annotated[str, typer.Option(help="The person's name.")],
    organisation: Annotated[str, typer.Option(help="Institution code or name of the unit.")],
    role: Annotated[str, typer.Option(help="Role code, such as CARE_HOME_NURSE.")],
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the first password from standard input.")
    ] = False,
    data: Data = None,
) -> None:
    """Add an account with one role in one unit. Without --password-stdin a first password is made and shown."""
    given = sys.stdin.readline().rstrip("\n") if password_stdin else ""
    with installation(data):
        from yiyang.access.roles import ROLES

        if role not in ROLES:
            fail(f"{role} is no role. Roles: {', '.join(ROLES)}", REFUSED)
        made = _add(login, name, _organisation(organisation), role, given)
    say(f"Added {login}." if given else f"Added {login}, first password: {made}")


@account.command("list")
def list_accounts(
    as_json: Annotated[bool, typer.Option("--json", help="Answer as JSON.")] = False,
    data: Data = None,
) -> None:
    """List accounts with their roles and units. A demo also tells its passwords."""
    with installation(data) as config:
        found = [_shown(one) for one in _accounts()]
        passwords = demo_passwords(config)
    for one in found:
        if one["login"] in passwords:
            one["password"] = passwords[one["login"]]
    if as_json:
        say(json.dumps(found, ensure_ascii=False, indent=1))
        return
    for one in found:
        posts = "; ".join(f"{post['role']} · {post['organisation']}" for post in one["memberships"])
        state = "  LOCKED" if one["locked"] else ""
        say(f"{one['login']:24} {one['name']:12} {posts or one['kind']}  {one.get('password', '')}{state}")


def _accounts() -> Any:
    from yiyang.access import queries
    from yiyang.kernel.actors import SYSTEM

    return queries.accounts(SYSTEM).prefetch_related("memberships__organisation")


def _shown(one: Account) -> dict[str, Any]:
    from yiyang.kernel.time import now

    at = now()
    return {
        "login": one.login,
        "name": one.name,
        "kind": one.kind,
        "locked": one.locked_at is not None,
        "memberships": [
            {"role": post.role, "organisation": post.organisation.name_zh, "code": post.organisation.code}
            for post in one.memberships.all()
            if at in post.period
        ],
    }


def demo_passwords(config: Config) -> dict[str, str]:
    """The generated accounts of a demo are for everyone to try; production has no such file."""
    file = config.data_dir / "demo-accounts.json"
    if config.production or not file.exists():
        return {}
    return {row["login"]: row["password"] for row in json.loads(file.read_text(encoding="utf-8"))}


def _organisation(wanted: str) -> Organisation:
    from yiyang.access import queries
    from yiyang.kernel.actors import SYSTEM

    found = queries.organisation_named(wanted)
    if found:
        return found
    named = list(queries.organisations(SYSTEM).filter(name_zh=wanted)[:2])
    if len(named) == 1:
        return named[0]
    problem = "Several organisations are" if named else "No organisation is"
    return fail(
        f"{problem} called {wanted}. Give the institution code. New here? yiyang district --help", REFUSED
    )


@token.command("issue")
def issue_token(
    login: Annotated[str, typer.Option(help="The account that the token acts for.")],
    hours: Annotated[int, typer.Option(min=1, help="How long it works.")] = 24,
    role: Annotated[str | None, typer.Option(help="Which of its roles, when it has several.")] = None,
    label: Annotated[str, typer.Option(help="What it is called.")] = "",
    purpose: Annotated[
        str, typer.Option(help="What it reads records for: CARE, SUPERVISION, RESEARCH or PAYMENT.")
    ] = "CARE",
    data: Data = None,
) -> None:
    """Issue an API token for one membership of an account. Only the token goes to standard output, once."""
    with installation(data):
        from yiyang.access import commands, queries
        from yiyang.kernel.actors import SYSTEM
        from yiyang.kernel.time import now

        owner = queries.accounts(SYSTEM).filter(login=login.lower()).first()
        if owner is None:
            fail(f"There is no account {login}. List them with: yiyang account list", REFUSED)
        issued, raw = commands.issue_token(
            by=SYSTEM,
            at=now(),
            account=owner,
            membership=membership_named(owner, role),
            hours=hours,
            label=label,
            purpose=known_purpose(purpose),
        )
        until = issued.expires_at
    typer.echo(f"For {login}, until {until:%Y-%m-%d %H:%M} UTC; shown this once:", err=True)
    say(raw)


def known_purpose(told: str) -> str:
    from yiyang.access.purposes import Purpose

    if told.upper() not in Purpose.values:
        fail(f"There is no purpose {told}. Choose one of: {', '.join(Purpose.values)}", REFUSED)
    return told.upper()


def membership_named(owner: Account, role: str | None) -> Membership | None:
    from yiyang.access import queries
    from yiyang.kernel.time import now

    live = [one for one in queries.memberships_of(owner, now()) if role in (None, one.role)]
    if role and not live:
        fail(f"{owner.login} does not hold the role {role} now.", REFUSED)
    if len(live) > 1:
        fail(
            f"{owner.login} has several roles; choose with --role: {', '.join(one.role for one in live)}",
            REFUSED,
        )
    return live[0] if live else None
