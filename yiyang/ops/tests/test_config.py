import stat
from pathlib import Path

import pytest

from yiyang.ops.configuration import ConfigError, database_from_url, read
from yiyang.ops.keys import BadKeys, new_keys, read_keys, write_keys


@pytest.fixture
def production(tmp_path: Path) -> dict[str, str]:
    write_keys(tmp_path / "keys.toml", new_keys("production"))
    return {
        "YIYANG_MODE": "production",
        "YIYANG_DATA": str(tmp_path / "data"),
        "YIYANG_KEY_FILE": str(tmp_path / "keys.toml"),
        "YIYANG_TLS_PROXY": "1",
        "YIYANG_HOSTS": "yiyang.example.gov.cn",
    }


def problems(environment: dict[str, str]) -> str:
    with pytest.raises(ConfigError) as caught:
        read(environment)
    return "\n".join(caught.value.problems)


def test_a_complete_production_configuration_is_accepted(production: dict[str, str]):
    config = read(production)

    assert config.production
    assert config.allowed_hosts[0] == "yiyang.example.gov.cn"
    assert config.embedded


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"YIYANG_DEBUG": "1"}, "debug is true"),
        ({"YIYANG_TLS_PROXY": "0"}, "web.tls_proxy is false"),
        ({"YIYANG_CLOCK_AHEAD_MINUTES": "60"}, "clock.ahead_minutes is 60"),
        ({"YIYANG_HOSTS": ""}, "web.hosts is []"),
        ({"YIYANG_HOSTS": "*"}, "web.hosts is ['*']"),
        ({"YIYANG_KEY_FILE": ""}, "yiyang keys new"),
        ({"YIYANG_KEY_FILE": "/nowhere/keys.toml"}, "/nowhere/keys.toml, which does not exist"),
        ({"YIYANG_PORT": "0"}, "web.port from the environment (YIYANG_PORT) is '0', which is not between"),
        ({"YIYANG_MODE": "prod"}, "is 'prod', which is none of demo, production"),
        ({"YIYANG_TIME_ZONE": "Asia/Peking"}, "is not a time zone"),
        ({"YIYANG_AREA": "3101"}, "is not a 6-digit area code"),
        ({"YIYANG_THREADS": "20"}, "web.threads is 20, more than database.pool_size (10)"),
        ({"DATABASE_URL": "mysql://x"}, "not a PostgreSQL address"),
    ],
)
def test_production_refuses(production: dict[str, str], change: dict[str, str], said: str):
    assert said in problems(production | change)


def test_all_problems_are_told_at_once(production: dict[str, str]):
    text = problems(production | {"YIYANG_DEBUG": "1", "YIYANG_TLS_PROXY": "0", "YIYANG_PORT": "x"})

    assert text.count("\n") == 2


def test_production_refuses_keys_of_a_demo(production: dict[str, str], tmp_path: Path):
    write_keys(tmp_path / "demo.toml", new_keys("demo"))

    assert "The keys were made for demo" in problems(
        production | {"YIYANG_KEY_FILE": str(tmp_path / "demo.toml")}
    )


def test_short_keys_and_keys_that_others_may_read_are_refused(tmp_path: Path):
    path = tmp_path / "keys.toml"
    write_keys(path, new_keys("production"))
    path.chmod(0o644)

    with pytest.raises(BadKeys, match="chmod 600"):
        read_keys(path)

    path.write_text('secret = "short"\nseal = "short"\n[identifier]\n1 = "short"\n')
    path.chmod(0o600)
    with pytest.raises(BadKeys, match="needs at least 32"):
        read_keys(path)


def test_a_key_file_is_never_overwritten(tmp_path: Path):
    write_keys(tmp_path / "keys.toml", new_keys("demo"))

    with pytest.raises(FileExistsError):
        write_keys(tmp_path / "keys.toml", new_keys("demo"))


def test_a_demo_generates_its_keys_once_for_its_owner_alone(tmp_path: Path):
    first = read({"YIYANG_DATA": str(tmp_path)})
    second = read({"YIYANG_DATA": str(tmp_path)})

    assert first.secret_key == second.secret_key
    assert stat.S_IMODE((tmp_path / "keys.toml").stat().st_mode) == 0o600


def test_a_mistyped_key_in_the_file_is_named_with_the_right_one(tmp_path: Path):
    (tmp_path / "yiyang.toml").write_text("[web]\nprot = 8000\n")

    text = problems({"YIYANG_CONFIG": str(tmp_path / "yiyang.toml"), "YIYANG_DATA": str(tmp_path)})

    assert "web.prot" in text
    assert "Did you mean web.port?" in text


def test_a_secret_value_never_stands_in_a_message(tmp_path: Path):
    (tmp_path / "yiyang.toml").write_text('[keys]\nsecret = ["hush-hush"]\n')

    text = problems({"YIYANG_CONFIG": str(tmp_path / "yiyang.toml"), "YIYANG_DATA": str(tmp_path)})

    assert "hush" not in text


def test_a_socket_path_keeps_its_capitals():
    database = database_from_url("postgresql://yiyang@%2Ftmp%2FAbC/yiyang?sslmode=disable")

    assert database["HOST"] == "/tmp/AbC"
    assert database["OPTIONS"] == {"sslmode": "disable"}
