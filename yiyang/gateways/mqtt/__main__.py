"""A process that speaks MQTT: `python -m yiyang.gateways.mqtt NTH`, started by `yiyang up`."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import resource
import signal
import socket
import ssl
import sys
from typing import Any

import django


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yiyang.project.settings")
    django.setup()
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(name)s %(levelname)s %(message)s")
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))  # a connection is a file
    gc.collect()
    gc.freeze()
    asyncio.run(_run(int(sys.argv[1]) if len(sys.argv) > 1 else 1))


async def _run(nth: int) -> None:
    from yiyang.devices.rules.ways import Process, Way
    from yiyang.gateways.ingest.beating import Heart
    from yiyang.gateways.mqtt.listener import Listener
    from yiyang.ops.config import config

    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    listener = Listener()
    if config.mqtt_port:
        # With the others of `readings.workers`, and with the supervisor, which keeps the port for us.
        await listener.start(config.mqtt_address, config.mqtt_port, _tls(config.settings), shared=True)
    else:
        listener.writers.start()
    if config.settings["mqtt.broker"].value and nth == 1:
        listener.background(_take_from_broker(listener, config))
    own = Process(Way.MQTT, nth, config.readings_workers if config.mqtt_port else 1, socket.gethostname())
    heart = Heart(lambda: own, listener.writers)
    heart.start()
    await stop.wait()
    await asyncio.to_thread(heart.stop)
    await listener.stop()


async def _take_from_broker(listener: Any, config: Any) -> None:
    from yiyang.gateways.mqtt.broker import Broker, check_window

    settings = config.settings
    name = f"{socket.gethostname()}-{config.port}"
    broker = Broker(settings["mqtt.broker"].value, settings["mqtt.broker_key"].value, listener.inbox, name)
    await check_window(broker)
    await broker.run()


def _tls(settings: dict) -> ssl.SSLContext | None:  # type: ignore[type-arg]
    certificate = settings["mqtt.certificate"].value
    if not certificate:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(certificate, settings["mqtt.key"].value)
    return context


if __name__ == "__main__":
    main()
