from django.urls import URLPattern, URLResolver, path

from yiyang.supervision import views

app_name = "supervision"

urlpatterns: list[URLPattern | URLResolver] = [
    path("figures/", views.months, name="months"),
    path("figures/<str:month>/", views.month, name="month"),
    path("figures/<str:month>/report/", views.report_month, name="report_month"),
    path("figures/<str:month>/<str:code>/", views.rows, name="rows"),
]
