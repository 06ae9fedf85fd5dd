from django.urls import URLPattern, URLResolver

from . import alarm_urls, registry_urls, vitals_urls

app_name = "devices"

urlpatterns: list[URLPattern | URLResolver] = [
    *alarm_urls.urlpatterns,
    *registry_urls.urlpatterns,
    *vitals_urls.urlpatterns,
]
