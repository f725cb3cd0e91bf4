import type { CloudEvent } from "../../kernel/cloud.ts";
import { readJsonPath } from "./json-path.ts";
import type { RuleTarget } from "./types.ts";

/** What a template may name besides the target's own paths. */
export interface RuleNames {
  readonly ruleArn: string;
  readonly ruleName: string;
  readonly ingestionTime: string;
}

/**
 * What a target gets for an event: the event itself, the target's constant, the part that a path picks, or the filled
 * template. A text of JSON, unless a template makes it plain text.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html
 */
export function targetInput(target: RuleTarget, event: CloudEvent, names: RuleNames): string {
  if (target.Input !== undefined) return target.Input;
  if (target.InputPath !== undefined) return JSON.stringify(readJsonPath(event, target.InputPath) ?? null);
  if (target.InputTransformer === undefined) return JSON.stringify(event);
  const { InputPathsMap = {}, InputTemplate } = target.InputTransformer;
  const variables = new Map<string, unknown>(
    Object.entries(InputPathsMap).map(([name, path]) => [name, readJsonPath(event, path)]),
  );
  const { detail: _detail, ...withoutDetail } = event;
  variables.set("aws.events.rule-arn", names.ruleArn);
  variables.set("aws.events.rule-name", names.ruleName);
  variables.set("aws.events.event.ingestion-time", names.ingestionTime);
  variables.set("aws.events.event", withoutDetail);
  variables.set("aws.events.event.json", event);
  return fillTemplate(InputTemplate, variables);
}

/**
 * Fills `<name>` in a template. Outside quotes a value is written as JSON; inside quotes text is written as it is, escaped for
 * JSON, and anything else as JSON text, escaped. A variable without value gives nothing inside quotes and `null` outside.
 */
export function fillTemplate(template: string, variables: ReadonlyMap<string, unknown>): string {
  const isJson = /^\s*[{["]/.test(template);
  let result = "";
  let quoted = false;
  const token = /\\.|"|<([^<>"\s]+)>|./gsu;
  for (const match of template.matchAll(token)) {
    const [text, name] = match;
    if (text === '"') quoted = !quoted;
    if (name === undefined || !variables.has(name)) {
      result += text;
      continue;
    }
    const value = variables.get(name);
    if (quoted || !isJson) {
      const plain = value === undefined ? "" : typeof value === "string" ? value : JSON.stringify(value);
      result += isJson ? JSON.stringify(plain).slice(1, -1) : plain;
    } else result += JSON.stringify(value ?? null);
  }
  return result;
}
