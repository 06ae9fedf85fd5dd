from django.urls import path

from yiyang.portals import recordings, system, views

app_name = "portals"
urlpatterns = [
    path("", views.home, name="home"),
    path(
        "people/<uuid:person_id>/today/<uuid:account_id>/photo/", views.photo_of_comer, name="photo_of_comer"
    ),
    path("home/work/", views.work, name="work"),
    path("home/calls/", views.last_calls, name="last_calls"),
    path("spoken/", recordings.recorded_sentences, name="recorded_sentences"),
    path("spoken/<str:sentence>/<str:tongue>/", recordings.recorded_sentence, name="recorded_sentence"),
    path("spoken/<str:sentence>/<str:tongue>/record/", recordings.record_sentence, name="record_sentence"),
    path("spoken/<str:sentence>/<str:tongue>/erase/", recordings.erase_sentence, name="erase_sentence"),
    path("policy/", system.policy_pack, name="policy_pack"),
    path("system/", system.system_state, name="system_state"),
]
