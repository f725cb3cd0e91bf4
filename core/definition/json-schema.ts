import * as z from "zod";
import { modelSchema } from "./schema.ts";

/**
 * JSON Schema (draft 2020-12) of `model.yaml` for editors: what a person writes, so members with a default are optional.
 */
export function modelJsonSchema(): Record<string, unknown> {
  return { ...z.toJSONSchema(modelSchema, { io: "input" }) };
}

/** The text of `models/model.schema.generated.json`. */
export function modelJsonSchemaText(): string {
  return `${JSON.stringify(modelJsonSchema(), null, 2)}\n`;
}
