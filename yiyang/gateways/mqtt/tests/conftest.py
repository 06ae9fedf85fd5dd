from yiyang.gateways.ingest.tests.conftest import committed_readings  # noqa: F401
