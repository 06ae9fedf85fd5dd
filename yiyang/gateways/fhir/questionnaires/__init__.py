"""Instruments and assessments as FHIR R4: Questionnaire, QuestionnaireResponse, Observation; both directions."""

from yiyang.gateways.fhir.questionnaires.answers import Answered, ResponseFault, answers_of, instrument_of
from yiyang.gateways.fhir.questionnaires.loading import as_instrument_file, translated
from yiyang.gateways.fhir.questionnaires.observations import bundle, observations
from yiyang.gateways.fhir.questionnaires.reading import QuestionnaireRead, instrument_data
from yiyang.gateways.fhir.questionnaires.responses import response
from yiyang.gateways.fhir.questionnaires.writing import questionnaire

__all__ = [
    "Answered",
    "QuestionnaireRead",
    "ResponseFault",
    "answers_of",
    "as_instrument_file",
    "bundle",
    "instrument_data",
    "instrument_of",
    "observations",
    "questionnaire",
    "response",
    "translated",
]
