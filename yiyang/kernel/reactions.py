def load(app: str) -> None:
    pass
