"""`yiyang up --demo`: a district of any 6-digit code, of generated people, built by the product's own commands."""

from __future__ import annotations

import json
import secrets
from datetime import timedelta
from random import Random

from yiyang.access.roles import ROLES
from yiyang.demo.agreements import build_agreements
from yiyang.demo.assessments import build_assessments
from yiyang.demo.district import District, Progress, build_district
from yiyang.demo.families import build_families
from yiyang.demo.history import build_history
from yiyang.demo.lending import build_devices
from yiyang.demo.population import build_population
from yiyang.demo.records import build_records
from yiyang.demo.rosters import build_rosters
from yiyang.demo.today import build_today
from yiyang.kernel.reactions import of_the_past
from yiyang.kernel.time import clock_at, now
from yiyang.ops.config import config

YEARS = 3


def build(*, area: str, people: int, progress: Progress, seed: int = 1) -> str:
    """Build the district; the same seed builds the same one. Returns the password of its accounts."""
    chance = Random(seed)
    today = now()
    since = today - timedelta(days=365 * YEARS)
    password = "demo-" + secrets.token_hex(4)
    with clock_at(since), of_the_past():
        district = build_district(area, people, since=since, password=password, chance=chance)
        progress(f"units: {len(district.homes)} care homes, {len(district.chcs)} health centres, 2 hospitals")
        elders = build_population(district, people, at=since, chance=chance, progress=progress)
    history = build_history(
        district, elders, since=since, until=today - timedelta(hours=2), chance=chance, progress=progress
    )
    build_rosters(district, today)
    build_agreements(history, now())
    build_today(history, elders, now())
    build_assessments(history, now())
    build_families(district, now())
    build_records(history, now())
    build_devices(history, now())
    _write_accounts(district, password)
    progress(
        "families also sign in by telephone: 13800000001 (relative), 13800000002 (guardian); codes are shown"
    )
    progress(f"accounts: {len(district.staff) + 3}, all with the password {password}")
    return password


MAIN_JOB = [
    "CARE_HOME_NURSE",
    "WARD_DOCTOR",
    "ADMISSION_OFFICE",
    "COORDINATOR",
    "NIGHT_DUTY_OFFICER",
    "HOME_BED_DOCTOR",
]


def _first_of_the_main_job(role: str) -> int:
    return MAIN_JOB.index(role) if role in MAIN_JOB else len(MAIN_JOB)


def _write_accounts(district: District, password: str) -> None:
    """What is printed at each start of the demo: one account for each role, with the unit where it works."""
    rows = [
        {
            "login": account.login,
            "password": password,
            "title": f"{ROLES[role].zh} · {district.names[unit]}",
            "shown": "-" not in account.login or not account.login[-1].isdigit(),
        }
        for (unit, role), account in sorted(
            district.staff.items(), key=lambda one: _first_of_the_main_job(one[0][1])
        )
    ]
    rows += [
        {"login": login, "password": password, "title": ROLES[login.upper()].zh, "shown": True}
        for login in ("elder", "relative", "guardian")
    ]
    path = config.data_dir / "demo-accounts.json"
    path.write_text(json.dumps(rows, ensure_ascii=False, indent=1), encoding="utf-8")
    path.chmod(0o600)
