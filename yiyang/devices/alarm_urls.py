from django.urls import URLPattern, URLResolver, path

from .views import alarms

urlpatterns: list[URLPattern | URLResolver] = [
    path("alarms/", alarms.alarms, name="alarms"),
    path("alarms/open/", alarms.open_alarms, name="open_alarms"),
    path("alarms/<uuid:alarm_id>/", alarms.alarm, name="alarm"),
    path("alarms/<uuid:alarm_id>/acknowledge/", alarms.acknowledge_alarm, name="acknowledge_alarm"),
    path("alarms/<uuid:alarm_id>/seen/", alarms.mark_person_seen, name="mark_person_seen"),
    path("alarms/<uuid:alarm_id>/comment/", alarms.comment_on_alarm, name="comment_on_alarm"),
    path("alarms/<uuid:alarm_id>/assign/", alarms.assign_alarm, name="assign_alarm"),
    path("alarms/<uuid:alarm_id>/close/", alarms.close_alarm, name="close_alarm"),
    path("alarms/<uuid:alarm_id>/contact/", alarms.ask_contact_to_call, name="ask_contact_to_call"),
    path("alarms/<uuid:alarm_id>/call/", alarms.call_about_alarm, name="call_about_alarm"),
]
