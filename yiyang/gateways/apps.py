from django.apps import AppConfig


class GatewaysConfig(AppConfig):
    name = "yiyang.gateways"
    label = "gateways"

    def ready(self) -> None:
        from yiyang.access.oauth.words import register_words
        from yiyang.gateways.connecting import connect
        from yiyang.gateways.fhir import links  # noqa: F401  (on the pages of assessments)
        from yiyang.gateways.fhir.rest.patients import person_behind
        from yiyang.gateways.fhir.rest.persons import Persons
        from yiyang.gateways.fhir.rest.scopes import in_words
        from yiyang.gateways.fhir.rest.shown import connect as show
        from yiyang.kernel.reactions import load
        from yiyang.records import patients
        from yiyang.records.queries import outside

        load(self.name)
        patients.register(person_behind)
        outside.register("Patient", Persons())
        show()
        register_words(in_words)
        connect()
