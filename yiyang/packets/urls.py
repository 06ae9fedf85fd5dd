from django.urls import path

from yiyang.packets.views import pages

app_name = "packets"
urlpatterns = [
    path("packets/", pages.packets, name="packets"),
    path("transfers/<uuid:transfer_id>/packet/", pages.packet, name="packet"),
    path("transfers/<uuid:transfer_id>/packet/line/", pages.packet_line, name="packet_line"),
]
