"""Of two installations one has a port, whatever it is doing when the other comes."""

from __future__ import annotations

import socket
from contextlib import closing
from pathlib import Path

import pytest

from yiyang.ops.configuration import Config
from yiyang.ops.installation import CannotStart, ports_kept
from yiyang.ops.tests.running import free_port


@pytest.fixture
def port() -> int:
    """The first of four that are free."""
    return free_port()


def wants(port: int, address: str = "127.0.0.1") -> Config:
    return Config(
        data_dir=Path("unused"), debug=False, secret_key="", allowed_hosts=[], database={}, address=address, port=port
    )  # fmt: skip


def refused(config: Config) -> str:
    """With which words."""
    with pytest.raises(CannotStart) as why, ports_kept(config):
        pass
    return str(why.value)


def listens(address: str, port: int) -> socket.socket:
    """As granian does: it shares the port with whoever shares it too."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    one = socket.socket(family)
    one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    try:
        one.bind((address, port))
    except OSError:
        one.close()
        pytest.skip(f"this machine has no {address}")
    one.listen()
    return one


@pytest.mark.parametrize("first", ["127.0.0.1", "0.0.0.0"])
@pytest.mark.parametrize("second", ["127.0.0.1", "0.0.0.0"])
def test_a_second_one_is_refused_while_the_first_still_prepares(port: int, first: str, second: str) -> None:
    with ports_kept(wants(port, first)):
        words = refused(wants(port, second))

    assert f"port {port} at {second} cannot be used" in words and "--port" in words
    with ports_kept(wants(port, second)):
        pass  # the first has ended


@pytest.mark.parametrize("address", ["127.0.0.1", "0.0.0.0", "::1"])
@pytest.mark.parametrize("of", ["127.0.0.1", "0.0.0.0"])
def test_what_listens_already_is_noticed_in_every_form_of_its_address(
    port: int, address: str, of: str
) -> None:
    with closing(listens(address, port)):
        assert "cannot be used" in refused(wants(port, of))


def test_that_another_has_one_of_the_ports_beside_it_is_noticed_too(port: int) -> None:
    with closing(listens("127.0.0.1", port + 2)):
        assert f"port {port + 2} at" in refused(wants(port))


def test_our_own_processes_listen_at_a_port_that_is_kept_and_are_reached(port: int) -> None:
    with ports_kept(wants(port)), closing(listens("127.0.0.1", port)) as server:
        for _ in range(20):
            with closing(socket.create_connection(("127.0.0.1", port), timeout=5)):
                server.accept()[0].close()

    with ports_kept(wants(port)):
        pass  # it may begin anew at once
