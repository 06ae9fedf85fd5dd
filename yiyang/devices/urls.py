from django.urls import URLPattern, URLResolver

from . import alarm_urls

app_name = "devices"

urlpatterns: list[URLPattern | URLResolver] = [
    *alarm_urls.urlpatterns,
]
