from django.urls import path

from yiyang.packets.views import links, pages

app_name = "packets"
urlpatterns = [
    path("packets/", pages.packets, name="packets"),
    path("transfers/<uuid:transfer_id>/packet/", pages.packet, name="packet"),
    path("transfers/<uuid:transfer_id>/packet/line/", pages.packet_line, name="packet_line"),
    path("transfers/<uuid:transfer_id>/packet/share/", links.share_packet, name="share_packet"),
    path("packet-links/<uuid:packet_link_id>/revoke/", links.revoke_link, name="revoke_link"),
    path("p/<str:token>/", links.open_link, name="open_link"),
    path("p/<str:token>/pdf/", links.link_pdf, name="link_pdf"),
    path("packets/<uuid:packet_id>/", pages.packet_version, name="packet_version"),
    path("packets/<uuid:packet_id>/confirm/", pages.confirm_reading, name="confirm_reading"),
    path("packets/<uuid:packet_id>/pdf/", pages.packet_pdf, name="packet_pdf"),
]
