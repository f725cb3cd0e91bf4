import { parse } from "yaml";
import { z } from "zod";
import { MlopsError } from "../errors/mlops-error.ts";
import { type StageSettings, stageSettingsSchema } from "./stage-settings.ts";

/**
 * Reads a stage's settings.
 *
 * @param text the YAML text
 * @param file its name, for messages
 * @throws MlopsError `settings.invalid` that lists every problem with the file, the path, what was found and what is allowed
 */
export function parseStageSettings(text: string, file: string): StageSettings {
  const result = stageSettingsSchema.safeParse(parse(text));
  if (result.success) return result.data;
  throw new MlopsError(
    "settings.invalid",
    `${file} is not a valid stage setting:\n${z.prettifyError(result.error)}\nSee docs/stages.md for all settings.`,
  );
}
