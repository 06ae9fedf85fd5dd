from django.urls import path

from yiyang.portals import views

app_name = "portals"
urlpatterns = [
    path("", views.home, name="home"),
    path("home/work/", views.work, name="work"),
]
