import { parseDefinition } from "../../../core/definition/parse.ts";
import type { ModelDefinition } from "../../../core/definition/schema.ts";
import { definitionYaml, type Proposal } from "../../../core/definition-from-data/index.ts";
import { proposeDefinition } from "../../../core/definition-from-data/propose.ts";
import { surveyFile } from "../../../core/definition-from-data/survey-file.ts";

/** What `mlops init-model` makes of a file: the proposal, its text, and the text parsed again. */
export function initModel(
  file: string | Uint8Array,
  options: { target?: string; chunkBytes?: number } = {},
): { proposal: Proposal; text: string; definition: ModelDefinition } {
  const bytes = typeof file === "string" ? new TextEncoder().encode(file) : file;
  const survey = surveyFile();
  const step = options.chunkBytes ?? bytes.length;
  for (let at = 0; at < bytes.length; at += step) survey.write(bytes.subarray(at, at + step));
  const proposal = proposeDefinition(survey.end(), { name: "made", target: options.target });
  const text = definitionYaml(proposal, "file.csv");
  return { proposal, text, definition: parseDefinition(text, "model.yaml") };
}
