from django.urls import path

from yiyang.gateways import views
from yiyang.gateways.fhir import views as fhir
from yiyang.gateways.fhir.bulk import views as bulk
from yiyang.gateways.fhir.runs import views as runs
from yiyang.gateways.fhir.subscriptions import views as subscriptions
from yiyang.gateways.messages import views as messages
from yiyang.gateways.roster import device_views as stock
from yiyang.gateways.roster import views as shifts
from yiyang.gateways.terms import views as terms

app_name = "gateways"
urlpatterns = [
    path("account/messages/", messages.choose_channel, name="choose_channel"),
    path("account/messages/wechat/", messages.link_wechat, name="link_wechat"),
    path("account/messages/wechat/back/", messages.wechat_linked, name="wechat_linked"),
    path("system/messages/", messages.deliveries, name="deliveries"),
    path("codes/", terms.terms, name="terms"),
    path("codes/load/", terms.load_terms, name="load_terms"),
    path("codes/load/<slug:ticket>/", terms.write_terms, name="write_terms"),
    path("codes/<uuid:terms_id>/unload/", terms.unload_terms, name="unload_terms"),
    path("records/subscriptions/", subscriptions.subscriptions, name="subscriptions"),
    path("records/subscriptions/<uuid:hook_id>/", subscriptions.subscription, name="subscription"),
    path("records/subscriptions/<uuid:hook_id>/again/", subscriptions.send_again, name="send_again"),
    path(
        "records/subscriptions/<uuid:hook_id>/stop/",
        subscriptions.stop_subscription,
        name="stop_subscription",
    ),
    path("records/subscriptions/<uuid:hook_id>/key/", subscriptions.new_key, name="new_key"),
    path("records/exports/", bulk.exports, name="exports"),
    path("records/exports/<uuid:export_id>/", bulk.export, name="export"),
    path("records/exports/<uuid:export_id>/delete/", bulk.delete_export, name="delete_export"),
    path("import/", views.import_data, name="import_data"),
    path("import/template.xlsx", views.roster_template, name="roster_template"),
    path("import/shifts/<uuid:organisation_id>/", shifts.import_shifts, name="import_shifts"),
    path("import/shifts/<uuid:organisation_id>/template.xlsx", shifts.shift_template, name="shift_template"),
    path(
        "import/shifts/<uuid:organisation_id>/<slug:ticket>/",
        shifts.write_shift_import,
        name="write_shift_import",
    ),
    path("import/devices/<uuid:organisation_id>/", stock.import_devices, name="import_devices"),
    path(
        "import/devices/<uuid:organisation_id>/template.xlsx", stock.device_template, name="device_template"
    ),
    path(
        "import/devices/<uuid:organisation_id>/<slug:ticket>/",
        stock.write_device_import,
        name="write_device_import",
    ),
    path("import/files/<uuid:import_run_id>/", runs.import_run, name="import_run"),
    path("import/files/<uuid:import_run_id>/write/", runs.write_import_run, name="write_import_run"),
    path("import/files/<uuid:import_run_id>/cancel/", runs.cancel_import, name="cancel_import"),
    path("import/files/<uuid:import_run_id>/report.csv", runs.import_report, name="import_report"),
    path("import/<slug:ticket>/", views.write_import, name="write_import"),
    path("assessments/import/", fhir.import_assessment, name="import_assessment"),
    path("assessments/import/<slug:ticket>/", fhir.write_assessment_import, name="write_assessment_import"),
    path("people/<uuid:person_id>/assessments/import/", fhir.import_assessment, name="import_assessment_of"),
    path("assessments/<uuid:assessment_id>/fhir.json", fhir.assessment_as_fhir, name="assessment_as_fhir"),
    path(
        "assessments/instruments/<uuid:instrument_id>/fhir.json",
        fhir.instrument_as_fhir,
        name="instrument_as_fhir",
    ),
]
