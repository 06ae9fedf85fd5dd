from django.urls import path

from yiyang.portals import system, views

app_name = "portals"
urlpatterns = [
    path("", views.home, name="home"),
    path(
        "people/<uuid:person_id>/today/<uuid:account_id>/photo/", views.photo_of_comer, name="photo_of_comer"
    ),
    path("home/work/", views.work, name="work"),
    path("home/calls/", views.last_calls, name="last_calls"),
    path("policy/", system.policy_pack, name="policy_pack"),
    path("system/", system.system_state, name="system_state"),
]
