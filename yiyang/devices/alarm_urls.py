from django.urls import URLPattern, URLResolver, path

from .views import alarms, own_limits, rates, rule_changes, rules, visits, waiting

urlpatterns: list[URLPattern | URLResolver] = [
    path("alarms/", alarms.alarms, name="alarms"),
    path("alarms/at-home/", alarms.alarms_at_home, name="alarms_at_home"),
    path("alarms/open/", alarms.open_alarms, name="open_alarms"),
    path("alarms/<uuid:alarm_id>/", alarms.alarm, name="alarm"),
    path("alarms/<uuid:alarm_id>/now/", alarms.alarm_now, name="alarm_now"),
    path("alarms/<uuid:alarm_id>/acknowledge/", alarms.acknowledge_alarm, name="acknowledge_alarm"),
    path("alarms/<uuid:alarm_id>/seen/", alarms.mark_person_seen, name="mark_person_seen"),
    path("alarms/<uuid:alarm_id>/comment/", alarms.comment_on_alarm, name="comment_on_alarm"),
    path("alarms/<uuid:alarm_id>/assign/", alarms.assign_alarm, name="assign_alarm"),
    path("alarms/<uuid:alarm_id>/close/", alarms.close_alarm, name="close_alarm"),
    path("alarms/<uuid:alarm_id>/correct/", alarms.correct_outcome, name="correct_outcome"),
    path("alarms/<uuid:alarm_id>/contact/", alarms.ask_contact_to_call, name="ask_contact_to_call"),
    path("alarms/<uuid:alarm_id>/call/", alarms.call_about_alarm, name="call_about_alarm"),
    path("alarms/<uuid:alarm_id>/visit/", visits.order_visit, name="order_visit"),
    path("alarm-visits/", visits.alarm_visits, name="alarm_visits"),
    path("alarm-visits/<uuid:alarm_visit_id>/made/", visits.record_visit, name="record_visit"),
    path("alarm-visits/<uuid:alarm_visit_id>/cancel/", visits.cancel_visit, name="cancel_visit"),
    path("alarm-rates/", rates.alarm_rates, name="alarm_rates"),
    path("alarm-rates/rows/", rates.counted_alarms, name="counted_alarms"),
    path("alarm-rules/", rules.alarm_rules, name="alarm_rules"),
    path("alarm-rules/waiting/", waiting.waiting_times, name="waiting_times"),
    path("alarm-rules/waiting/<uuid:waiting_id>/", waiting.waiting_times_trial, name="waiting_times_trial"),
    path(
        "alarm-rules/waiting/<uuid:waiting_id>/sign/", waiting.sign_waiting_times, name="sign_waiting_times"
    ),
    path("alarm-rules/<str:cause>/", rule_changes.change_alarm_rule, name="change_alarm_rule"),
    path("alarm-rules/trials/<uuid:trial_id>/", rule_changes.alarm_rule_trial, name="alarm_rule_trial"),
    path("alarm-rules/trials/<uuid:trial_id>/sign/", rule_changes.sign_alarm_rule, name="sign_alarm_rule"),
    path("people/<uuid:person_id>/alarm-limits/watch/", rules.set_person_watch, name="set_person_watch"),
    path("alarm-watches/<uuid:watch_id>/end/", rules.end_person_watch, name="end_person_watch"),
    path("people/<uuid:person_id>/alarm-limits/", rules.alarm_limits, name="alarm_limits"),
    path("people/<uuid:person_id>/alarm-limits/set/", own_limits.set_person_limits, name="set_person_limits"),
    path("people/<uuid:person_id>/alarm-limits/pause/", rules.pause_alarms, name="pause_alarms"),
    path("alarm-limits/<uuid:limit_id>/end/", rules.end_person_limits, name="end_person_limits"),
    path("alarm-pauses/<uuid:pause_id>/end/", rules.end_pause, name="end_pause"),
]
