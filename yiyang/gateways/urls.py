from django.urls import path

from yiyang.gateways import views
from yiyang.gateways.messages import views as messages

app_name = "gateways"
urlpatterns = [
    path("account/messages/", messages.choose_channel, name="choose_channel"),
    path("account/messages/wechat/", messages.link_wechat, name="link_wechat"),
    path("account/messages/wechat/back/", messages.wechat_linked, name="wechat_linked"),
    path("system/messages/", messages.deliveries, name="deliveries"),
    path("import/", views.import_data, name="import_data"),
    path("import/template.xlsx", views.roster_template, name="roster_template"),
    path("import/<slug:ticket>/", views.write_import, name="write_import"),
]
