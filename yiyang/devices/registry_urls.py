from django.urls import URLPattern, path

from .views import devices, gateways, handing, keeping, own

urlpatterns: list[URLPattern] = [
    path("devices/", devices.devices, name="devices"),
    path("devices/add/", keeping.add_device, name="add_device"),
    path("devices/labels/", devices.labels, name="labels"),
    path("devices/find/", handing.find_device, name="find_device"),
    path("devices/gateways/", gateways.gateways, name="gateways"),
    path("devices/gateways/add/", gateways.add_gateway, name="add_gateway"),
    path("devices/gateways/<uuid:device_gateway_id>/", gateways.gateway, name="gateway"),
    path("devices/gateways/<uuid:device_gateway_id>/stop/", gateways.stop_gateway, name="stop_gateway"),
    path(
        "devices/gateways/<uuid:device_gateway_id>/key/", gateways.issue_gateway_key, name="issue_gateway_key"
    ),
    path("devices/keys/<uuid:device_credential_id>/take-back/", keeping.revoke_key, name="revoke_key"),
    path("devices/loans/<uuid:loan_id>/", own.own_device, name="own_device"),
    path("devices/loans/<uuid:loan_id>/return/", handing.return_device, name="return_device"),
    path("devices/loans/<uuid:loan_id>/ask-for-return/", own.ask_for_return, name="ask_for_return"),
    path(
        "devices/consents/<uuid:device_consent_id>/withdraw/",
        own.withdraw_device_consent,
        name="withdraw_device_consent",
    ),
    path("devices/<uuid:device_id>/", devices.device, name="device"),
    path("devices/<uuid:device_id>/label/", devices.label, name="label"),
    path("devices/<uuid:device_id>/hand-out/", handing.hand_out, name="hand_out"),
    path("devices/<uuid:device_id>/change/", keeping.change_device, name="change_device"),
    path("devices/<uuid:device_id>/give-up/", keeping.retire_device, name="retire_device"),
    path("devices/<uuid:device_id>/maintenance/", keeping.set_device_quiet, name="set_device_quiet"),
    path("devices/<uuid:device_id>/maintenance/end/", keeping.end_device_quiet, name="end_device_quiet"),
    path("devices/<uuid:device_id>/key/", keeping.issue_device_key, name="issue_device_key"),
    path("people/<uuid:person_id>/devices/", own.own_devices, name="own_devices"),
    path("people/<uuid:person_id>/devices/panel/", own.devices_panel, name="devices_panel"),
    path(
        "people/<uuid:person_id>/devices/agree/<slug:sensed>/",
        own.give_device_consent,
        name="give_device_consent",
    ),
]
