"""`yiyang simulate-devices`: generated wearers, or a recording, through the gateway like any other sender."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from yiyang.cli.start import FAILED, REFUSED, configure, fail, say


def register(app: typer.Typer) -> None:
    app.command("simulate-devices")(simulate_devices)


def simulate_devices(
    seed: Annotated[int, typer.Option(help="The same seed says the same of the same devices.")] = 1,
    minutes: Annotated[float, typer.Option(min=0, help="How long; 0: until it is stopped.")] = 0.0,
    catch_up: Annotated[float, typer.Option(min=0, help="Hours that the devices kept to themselves.")] = 0.0,
    url: Annotated[str, typer.Option(help="Address up to /ingest; else this machine's.")] = "",
    file: Annotated[
        Path | None,
        typer.Option(help="A recording (CSV, ECG .hea, movement .xlsx) instead of generated wearers."),
    ] = None,
    device: Annotated[str, typer.Option(help="The URN of the device that a recording is played as.")] = "",
    wearer: Annotated[str, typer.Option(help="Whose of the recording, where it holds several.")] = "",
    hours_ago: Annotated[float, typer.Option(min=0, help="When the recording begins.")] = 24.0,
    key_file: Annotated[
        Path | None, typer.Option(help="File with the device's or gateway's key, for a recording.")
    ] = None,
    rate: Annotated[
        float,
        typer.Option(min=0, help="As a load: so many readings a second, held whatever the answers are."),
    ] = 0.0,
    way: Annotated[str, typer.Option(help="Of such a load: http or mqtt.")] = "http",
    port: Annotated[int | None, typer.Option(help="Port of the running installation.")] = None,
    data: Annotated[Path | None, typer.Option(help="Folder of the installation.")] = None,
) -> None:
    """Let the devices of a demo speak, or play a recording as one device. Safe to repeat: each reading counts once."""
    config = configure(data, YIYANG_PORT=port)
    address = url or f"http://{config.address}:{config.ingest_port}"
    if file is not None:
        _play(file, device, wearer, hours_ago, key_file, address)
        return
    if config.production:
        fail('Invented readings live in a demo alone; mode is "production".', REFUSED)
    import django

    django.setup()
    if rate:
        if way not in ("http", "mqtt"):
            fail("--way is http or mqtt.", FAILED)
        from yiyang.demo.devices.load.district import send

        place = (config.address, config.ingest_port if way == "http" else config.mqtt_port)
        told = send(way=way, place=place, rate=rate, seconds=60 * (minutes or 1), seed=seed, say=say)
        say(str(told))
        return
    from yiyang.demo.devices.live import speak

    told = speak(address=address, seed=seed, minutes=minutes, catch_up=timedelta(hours=catch_up), say=say)
    say(str(dict(told)))


def _play(
    file: Path, device: str, wearer: str, hours_ago: float, key_file: Path | None, address: str
) -> None:
    if not device or key_file is None:
        fail("A recording needs --device and --key-file.", FAILED)
    from yiyang.demo.devices.recorded import UnknownRecording, records
    from yiyang.demo.devices.sending import Gateway
    from yiyang.kernel.time import now

    begin = now().timestamp() - hours_ago * 3600
    try:
        found = list(records(file, device, begin, wearer))
        told = Gateway(address, key_file.read_text().strip()).send(found)
    except (OSError, UnknownRecording) as wrong:
        fail(str(wrong), FAILED)
    say(f"{len(found)} readings: {dict(told)}")
