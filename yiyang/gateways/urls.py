from django.urls import path

from yiyang.gateways import views

app_name = "gateways"
urlpatterns = [
    path("import/", views.import_data, name="import_data"),
    path("import/template.xlsx", views.roster_template, name="roster_template"),
    path("import/<slug:ticket>/", views.write_import, name="write_import"),
]
