from django.apps import AppConfig


class GatewaysConfig(AppConfig):
    name = "yiyang.gateways"
    label = "gateways"
