"""Readings of a person, by time."""

from django.urls import path

from yiyang.devices.views import (
    calling,
    figures,
    glucose,
    located,
    notes,
    signals,
    today,
    vitals,
    wall,
    whereabouts,
)

urlpatterns = [
    path("people/<uuid:person_id>/whereabouts/", whereabouts.whereabouts, name="whereabouts"),
    path("people/<uuid:person_id>/whereabouts/areas/set/", whereabouts.set_fence, name="set_fence"),
    path("whereabouts/areas/<uuid:fence_id>/end/", whereabouts.end_fence, name="end_fence"),
    path("people/<uuid:person_id>/today/", today.today, name="today"),
    path("people/<uuid:person_id>/today/panel/", today.today_panel, name="today_panel"),
    path("people/<uuid:person_id>/help/", calling.call_for_help, name="call_for_help"),
    path("help/<uuid:alarm_id>/", calling.help_called, name="help_called"),
    path("help/<uuid:alarm_id>/now/", calling.help_called_now, name="help_called_now"),
    path("help/<uuid:alarm_id>/take-back/", calling.take_back_call, name="take_back_call"),
    path("alarm-figures/", figures.alarm_figures, name="alarm_figures"),
    path("alarm-figures/now/", figures.alarm_figures_now, name="alarm_figures_now"),
    path("alarm-figures/rows/", figures.alarm_figure_rows, name="alarm_figure_rows"),
    path("whereabouts/", located.located, name="located"),
    path("whereabouts/now/", located.located_now, name="located_now"),
    path("wall/", wall.wall, name="wall"),
    path("wall/now/", wall.wall_now, name="wall_now"),
    path("people/<uuid:person_id>/readings/", vitals.readings, name="readings"),
    path(
        "people/<uuid:person_id>/readings/GLUCOSE/patterns/",
        glucose.glucose_patterns,
        name="glucose_patterns",
    ),
    path("people/<uuid:person_id>/readings/<str:quantity>/", vitals.measured, name="measured"),
    path("people/<uuid:person_id>/readings/<str:quantity>/drawn/", vitals.drawn, name="drawn"),
    path("people/<uuid:person_id>/signals/", signals.strips, name="strips"),
    path("people/<uuid:person_id>/signals/<int:micros>/", signals.strip, name="strip"),
    path(
        "people/<uuid:person_id>/signals/<int:micros>/csv/",
        signals.strip_file,
        name="strip_file",
    ),
    path("people/<uuid:person_id>/reading-notes/write/", notes.write_reading_note, name="write_reading_note"),
    path(
        "reading-notes/<uuid:reading_note_id>/withdraw/",
        notes.withdraw_reading_note,
        name="withdraw_reading_note",
    ),
]
