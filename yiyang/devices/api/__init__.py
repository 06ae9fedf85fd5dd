"""The JSON API of devices: the list of a unit, keys, gateways, loans, consents."""

from yiyang.devices.api import loans, registry

routes = [registry.routes]

__all__ = ["loans", "routes"]
