"""What a body tells and what an answer shows. Each carries one example, which the document prints."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode

Example = dict[str, Any]


class Shown(BaseModel):
    """An answer, or a part of one."""

    model_config = ConfigDict(from_attributes=True)
    example: ClassVar[Example]


class Told(BaseModel):
    """The object that a request sends; a name that is not known is refused, so that no typing error is lost."""

    model_config = ConfigDict(extra="forbid")
    example: ClassVar[Example]


def json_schema_of(model: type[BaseModel], mode: JsonSchemaMode) -> dict[str, Any]:
    return model.model_json_schema(
        mode=mode, ref_template="#/components/schemas/{model}", schema_generator=GenerateJsonSchema
    )
