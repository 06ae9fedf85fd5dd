from django.urls import path

from yiyang.kernel import views

app_name = "kernel"
urlpatterns = [
    path("language/", views.language, name="language"),
    path("appearance/", views.appearance, name="appearance"),
    path("healthz", views.health, name="health"),
    path("gallery/", views.gallery, name="gallery"),
    path("gallery/elder/", views.elder_gallery, name="elder_gallery"),
]
