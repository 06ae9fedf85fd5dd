from django.urls import URLPattern, URLResolver, path

from .views import duty, roster

app_name = "duty"

urlpatterns: list[URLPattern | URLResolver] = [
    path("duty/", duty.duty, name="duty"),
    path("duty/gaps/", duty.gaps, name="gaps"),
    path("duty/calls/", duty.calls, name="calls"),
    path("duty/units/<uuid:organisation_id>/", roster.roster, name="roster"),
    path("duty/units/<uuid:organisation_id>/sheet/", roster.roster_sheet, name="roster_sheet"),
    path("duty/units/<uuid:organisation_id>/call/", duty.note_call, name="note_call"),
    path("duty/units/<uuid:organisation_id>/posts/add/", roster.add_post, name="add_post"),
    path("duty/units/<uuid:organisation_id>/copy/", roster.copy_week, name="copy_week"),
    path("duty/posts/<uuid:post_id>/edit/", roster.edit_post, name="edit_post"),
    path("duty/posts/<uuid:post_id>/close/", roster.close_post, name="close_post"),
    path("duty/posts/<uuid:post_id>/shifts/add/", roster.add_shift, name="add_shift"),
    path("duty/shifts/<uuid:shift_id>/", duty.shift, name="shift"),
    path("duty/shifts/<uuid:shift_id>/change/", roster.change_shift, name="change_shift"),
    path("duty/shifts/<uuid:shift_id>/swap/", roster.swap_shifts, name="swap_shifts"),
    path("duty/shifts/<uuid:shift_id>/cancel/", roster.cancel_shift, name="cancel_shift"),
    path("duty/shifts/<uuid:shift_id>/note/", duty.write_shift_note, name="write_shift_note"),
    path("duty/shifts/<uuid:shift_id>/take-over/", duty.take_over_shift, name="take_over_shift"),
]
