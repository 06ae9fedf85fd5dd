"""Search at 1,000,000 persons: builds a scratch database by COPY, then measures.

    python -m bench.search [--persons 1000000] [--keep]

Prints, for actors of different reach, the p50 and p95 of a whole `search_persons` (statement, page of 20
persons), each as a ratio to a bare primary-key look-up on the same connection, and what the keys cost on disk.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / ".cache" / "bench-search"

SURNAMES = (
    "王" * 72 + "李" * 72 + "张" * 68 + "刘" * 54 + "陈" * 45 + "杨" * 31 + "黄" * 22 + "赵" * 23 + "吴" * 20
    + "周" * 19 + "徐" * 15 + "孙" * 15 + "马" * 13 + "朱" * 13 + "胡" * 12 + "郭" * 12 + "何" * 11 + "林" * 11
    + "罗高郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白"
    "邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤单仇查区解乐缪"
)  # fmt: skip
GIVEN = "英华玉秀明珍兰芳文国建平桂荣金海生林红春丽龙永志云德凤忠梅霞敏军成杰强福祥娟艳伟静宝庆根土阿妹弟囡月琴仙巧凌雪瑛珠菊莲仁义礼智信良才发财贵昌盛安康宁乐山水木火树松柏竹石峰岩川江河湖洋波涛雨露霜雷电光辉灿烂"


@dataclass
class Actor:
    """An actor made by hand: the benchmark needs no accounts."""

    organisation_ids: frozenset[UUID]
    organisation_id: UUID | None = None
    account_id: UUID | None = None
    label: str = "bench"
    role: str = "FAMILY_DOCTOR"
    sees_all: bool = False
    reads_records: bool = True
    person_id: UUID | None = None
    _seen: dict[str, Any] = field(default_factory=dict)

    def may(self, *_: Any) -> bool:
        return True


def main() -> None:
    told = argparse.ArgumentParser(description=__doc__)
    told.add_argument("--persons", type=int, default=1_000_000)
    told.add_argument("--keep", action="store_true", help="keep the database for the next run")
    arguments = told.parse_args()
    os.nice(10)
    server = start(arguments.persons)
    try:
        measure(arguments.persons)
    finally:
        server.stop()
        if not arguments.keep:
            subprocess.run(["rm", "-rf", str(FOLDER)], check=True)


def start(persons: int) -> Any:
    from yiyang.ops.postgres.server import Server, database_url

    server = Server(FOLDER, durable=False, extra_settings={"shared_buffers": "1GB", "max_wal_size": "4GB"})
    server.start()
    os.environ["DATABASE_URL"] = database_url(FOLDER)
    os.environ["YIYANG_DATA"] = str(FOLDER)
    os.environ["DJANGO_SETTINGS_MODULE"] = "yiyang.project.settings"
    subprocess.run([sys.executable, "manage.py", "migrate", "--verbosity=0"], cwd=ROOT, check=True)
    import django

    django.setup()
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM people_person")
        if cursor.fetchone()[0] != persons:
            began = time.monotonic()
            build(cursor, persons)
            print(f"built {persons:,} persons in {time.monotonic() - began:.0f} s")
    return server


# Who sees whom: one organisation for each reach to be measured, 20 units of one actor, 300 others.
def organisation(number: int) -> UUID:
    return UUID(int=0x7000 << 64 | 0x8000 << 48 | number)


FEW, MANY, MIDDLE, OTHERS = organisation(1), organisation(2), organisation(3), range(400, 700)
TWENTY = [organisation(number) for number in range(100, 120)]


def build(cursor: Any, persons: int) -> None:
    chance = random.Random(7)
    cursor.execute("TRUNCATE people_person, people_searchkey, people_carerelationship CASCADE")
    indexes = drop_indexes(cursor)
    names: dict[str, tuple[str, str, list[str]]] = {}
    copy(cursor, "people_person (id, full_name, sort_key, search_keys, sex, born_on, difference_reason, unknown,"
         " registered_area, registered_address, residence_area, residence_address, residence_floor, key_holder,"
         " languages, form_of_address, version, registered_at)",
         (person_row(chance, number, names) for number in range(persons)))  # fmt: skip
    chance = random.Random(7)
    copy(cursor, "people_searchkey (key, person_id)", key_rows(chance, persons, names))
    copy(cursor, "people_carerelationship (id, person_id, organisation_id, basis, scope, starts_at, source_kind,"
         " reason)", relationship_rows(persons))  # fmt: skip
    for statement in indexes:
        cursor.execute(statement)
    cursor.execute("VACUUM ANALYZE people_person, people_searchkey, people_carerelationship")


def drop_indexes(cursor: Any) -> list[str]:
    cursor.execute(
        "SELECT indexname, indexdef FROM pg_indexes WHERE tablename IN ('people_searchkey',"
        " 'people_carerelationship') AND indexdef NOT LIKE '%%UNIQUE%%'"
    )
    found = cursor.fetchall()
    for name, _definition in found:
        cursor.execute(f"DROP INDEX {name}")
    cursor.execute("ALTER TABLE people_searchkey DROP CONSTRAINT people_searchkey_pkey")
    return [
        *(definition for _name, definition in found),
        "ALTER TABLE people_searchkey ADD CONSTRAINT people_searchkey_pkey PRIMARY KEY (key, person_id)",
    ]


def copy(cursor: Any, target: str, rows: Iterator[str]) -> None:
    with cursor.copy(f"COPY {target} FROM STDIN") as out:
        block: list[str] = []
        for row in rows:
            block.append(row)
            if len(block) == 5000:
                out.write("".join(block))
                block.clear()
        out.write("".join(block))


def person_id(number: int) -> UUID:
    return UUID(
        int=(0x0190_0000_0000 + number // 8) << 80 | 0x7 << 76 | 0x8 << 60 | number * 2654435761 % 2**60
    )


def name_of(chance: random.Random) -> str:
    return chance.choice(SURNAMES) + "".join(chance.choices(GIVEN, k=1 if chance.random() < 0.15 else 2))


def known(name: str, names: dict[str, tuple[str, str, list[str]]]) -> tuple[str, str, list[str]]:
    from yiyang.people.rules.readings import sort_key
    from yiyang.people.rules.search import search_keys

    found = names.get(name)
    if found is None:
        keys = search_keys(name)
        found = names[name] = (sort_key(name), "{" + ",".join(keys) + "}", keys)
    return found


def person_row(chance: random.Random, number: int, names: dict[str, Any]) -> str:
    name = name_of(chance)
    sort_key, keys, _ = known(name, names)
    born = date(1930, 1, 1) + timedelta(days=number % 12000)
    return (
        f"{person_id(number)}\t{name}\t{sort_key}\t{keys}\t{'MALE' if number % 2 else 'FEMALE'}\t{born}\t\tf"
        f"\t310106006002\t\t310106006002\t余姚路{number % 999}弄{number % 40}号{number % 600}室\t3\t\t上海话\t王阿姨"
        "\t1\t2024-01-01T00:00:00Z\n"
    )


def key_rows(chance: random.Random, persons: int, names: dict[str, Any]) -> Iterator[str]:
    for number in range(persons):
        who = person_id(number)
        for key in known(name_of(chance), names)[2]:
            yield f"{key}\t{who}\n"


def relationship_rows(persons: int) -> Iterator[str]:
    chance = random.Random(11)
    few = set(chance.sample(range(persons), min(200, persons)))
    for number in range(persons):
        holders = [organisation(chance.choice(OTHERS))]
        if number % 5 < 2:
            holders.append(MANY)
        if number in few:
            holders.append(FEW)
        if chance.random() < 0.02:
            holders.append(MIDDLE)
        if chance.random() < 0.005:
            holders.append(chance.choice(TWENTY))
        for place, holder in enumerate(holders):
            yield (
                f"{UUID(int=0x0191 << 112 | number << 8 | place)}\t{person_id(number)}\t{holder}\tEPISODE\tFULL"
                "\t2024-01-01T00:00:00Z\t\t\n"
            )


def measure(persons: int) -> None:
    from django.db import connection

    from yiyang.people.queries.search import register, search_persons

    actors = {
        "sees 200": Actor(frozenset([FEW])),
        "in 20 units": Actor(frozenset(TWENTY)),
        "sees 20,000": Actor(frozenset([MIDDLE])),
        "sees 400,000": Actor(frozenset([MANY])),
    }
    texts = ["王", "wang", "w", "wjg", "秀", "凌雪", "xiuying", "龘龘", "zzzzz", ""]
    bare = timed(lambda: look_up(connection, person_id(random.randrange(persons))), 200)
    print(f"one look-up by primary key: p50 {bare[0]:.2f} ms, p95 {bare[1]:.2f} ms")
    print(f"{'actor':>14} {'text':>8} | hits |  p50 ms |  p95 ms | ratio to the look-up")
    for label, actor in actors.items():
        for text in texts:
            run = (lambda a=actor, t=text: search_persons(a, t)) if text else (lambda a=actor: register(a))
            hits = len(run().persons)
            p50, p95 = timed(run, 40)
            print(
                f"{label:>14} {text or 'register':>8} | {hits:4} | {p50:7.1f} | {p95:7.1f} | {p50 / bare[0]:6.0f}"
            )
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, pg_total_relation_size(oid), pg_indexes_size(oid), reltuples FROM pg_class"
            " WHERE relname IN ('people_searchkey', 'people_person', 'people_carerelationship')"
        )
        for name, size, indexes, rows in cursor.fetchall():
            print(
                f"{name}: {rows:,.0f} rows, {size / 2**20:,.0f} MB of which indexes {indexes / 2**20:,.0f} MB"
            )


def look_up(connection: Any, who: UUID) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT full_name FROM people_person WHERE id = %s", [who])
        cursor.fetchone()


def timed(run: Callable[[], Any], times: int) -> tuple[float, float]:
    run()
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        run()
        taken.append((time.perf_counter() - began) * 1000)
    return statistics.median(taken), sorted(taken)[int(len(taken) * 0.95) - 1]


if __name__ == "__main__":
    main()
