"""By what names and codes others mean our quantities, and which device a name begins with. Pure."""

from __future__ import annotations

from yiyang.devices.rules.quantities import BY_LOINC, BY_MDC, BY_NAME, QUANTITIES, Quantity

# Reference identifiers of ISO/IEEE 11073-10101, as they stand in names.
MDC_NAMES = {
    "MDC_ECG_HEART_RATE": "HEART_RATE",
    "MDC_PULS_OXIM_PULS_RATE": "HEART_RATE",
    "MDC_PULS_RATE_NON_INV": "HEART_RATE",
    "MDC_PULS_OXIM_SAT_O2": "OXYGEN",
    "MDC_RESP_RATE": "BREATHING",
    "MDC_PRESS_BLD_NONINV_SYS": "SYSTOLIC",
    "MDC_PRESS_BLD_NONINV_DIA": "DIASTOLIC",
    "MDC_PRESS_BLD_NONINV_MEAN": "MEAN_PRESSURE",
    "MDC_TEMP_BODY": "TEMPERATURE",
    "MDC_CONC_GLU_GEN": "GLUCOSE",
    "MDC_CONC_GLU_CAPILLARY_WHOLEBLOOD": "GLUCOSE",
    "MDC_MASS_BODY_ACTUAL": "WEIGHT",
}
NAMES: dict[str, Quantity] = {
    **{one.name: one for one in QUANTITIES},
    **{one.name.lower(): one for one in QUANTITIES},
    **{one.name.lower().replace("_", "-"): one for one in QUANTITIES},
    **BY_LOINC,
    **BY_MDC,
    **{name: BY_NAME[ours] for name, ours in MDC_NAMES.items()},
}
SPECIAL = frozenset({"battery", "lat", "lon", "accuracy", "datum"})
SEPARATORS = "/:_"
VOCABULARIES = ("loinc", "mdc", "signal")


def known(suffix: str) -> bool:
    return suffix in NAMES or suffix in SPECIAL


def device_of(prefix: str) -> str:
    """The device that a base name names, without what parts it from the rest."""
    urn = prefix.rstrip(SEPARATORS)
    for vocabulary in VOCABULARIES:
        if urn == vocabulary:
            return ""
        for separator in SEPARATORS:
            if urn.endswith(separator + vocabulary):
                return urn[: -len(vocabulary) - 1]
    return urn


def split(name: str) -> tuple[str, str]:
    """A full name as (device, what): `urn:dev:ow:10e2_HEART_RATE` is the heart rate of `urn:dev:ow:10e2`."""
    if known(name):
        return "", name
    cut = max(name.rfind("/"), name.rfind(":"))
    if known(name[cut + 1 :]):
        return device_of(name[: cut + 1]), name[cut + 1 :]
    place = name.find("_", cut + 1)
    while place >= 0:
        if known(name[place + 1 :]):
            return device_of(name[:place]), name[place + 1 :]
        place = name.find("_", place + 1)
    return device_of(name[: cut + 1]), name[cut + 1 :]
