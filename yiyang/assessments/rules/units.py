"""The units an instrument may use: UCUM codes, and how people write them."""

from __future__ import annotations

from yiyang.assessments.rules.texts import Text, same

UNITS: dict[str, Text] = {
    "1": same(""), "{score}": Text("分", "points"), "%": same("%"),
    "/min": Text("次/分", "/min"), "/d": Text("次/天", "/day"), "mm[Hg]": same("mmHg"), "kPa": same("kPa"),
    "Cel": same("℃"), "[degF]": same("℉"), "K": same("K"),
    "kg": Text("千克", "kg"), "g": Text("克", "g"), "mg": Text("毫克", "mg"), "ug": Text("微克", "µg"),
    "[lb_av]": Text("磅", "lb"), "m": Text("米", "m"), "cm": Text("厘米", "cm"), "mm": Text("毫米", "mm"),
    "[in_i]": Text("英寸", "in"), "m2": Text("平方米", "m²"), "kg/m2": same("kg/m²"), "m/s": Text("米/秒", "m/s"),
    "L": Text("升", "L"), "mL": Text("毫升", "mL"), "L/min": Text("升/分", "L/min"), "mL/min": same("mL/min"),
    "mL/min/{1.73_m2}": same("mL/min/1.73 m²"), "mL/d": Text("毫升/天", "mL/day"),
    "mmol/L": same("mmol/L"), "umol/L": same("µmol/L"), "nmol/L": same("nmol/L"), "mmol/mol": same("mmol/mol"),
    "g/L": same("g/L"), "g/dL": same("g/dL"), "mg/L": same("mg/L"), "mg/dL": same("mg/dL"), "mg/g": same("mg/g"),
    "mg/mmol": same("mg/mmol"), "ug/L": same("µg/L"), "ng/mL": same("ng/mL"), "pg/mL": same("pg/mL"),
    "U/L": same("U/L"), "[IU]/L": same("IU/L"), "10*9/L": same("×10⁹/L"), "10*12/L": same("×10¹²/L"),
    "a": Text("岁", "years"), "mo": Text("个月", "months"), "wk": Text("周", "weeks"), "d": Text("天", "days"),
    "h": Text("小时", "hours"), "min": Text("分钟", "minutes"), "s": Text("秒", "seconds"), "ms": Text("毫秒", "ms"),
}  # fmt: skip
