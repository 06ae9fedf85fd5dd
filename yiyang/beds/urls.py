from django.urls import URLPattern, URLResolver, path

from yiyang.beds.transfer_urls import transfer_urls
from yiyang.beds.views import board

app_name = "beds"

boards: list[URLPattern | URLResolver] = [
    path("board/", board.board, name="board"),
    path("board/figures/", board.board_figures, name="board_figures"),
    path("board/today/", board.board_today, name="board_today"),
    path("board/beds/", board.board_beds, name="board_beds"),
]

urlpatterns: list[URLPattern | URLResolver] = [*boards, *transfer_urls]
