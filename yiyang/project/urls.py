from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("yiyang.kernel.urls")),
    path("", include("yiyang.access.sign_in_urls")),
    path("", include("yiyang.access.urls")),
    path("", include("yiyang.people.urls")),
]
