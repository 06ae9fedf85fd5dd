from yiyang.cli import app

app(prog_name="yiyang")
