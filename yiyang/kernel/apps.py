import atexit
import gc

from django.apps import AppConfig


class KernelConfig(AppConfig):
    name = "yiyang.kernel"
    label = "kernel"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from yiyang.kernel.reactions import load
        from yiyang.kernel.time import run_ahead
        from yiyang.ops.config import config

        run_ahead(config.clock_ahead)
        load(self.name)
        # At its end Python would look through all that was loaded for garbage: a fifth of a short command.
        atexit.register(gc.freeze)
