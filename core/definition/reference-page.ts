import { METRIC_NAMES, metricInfo } from "./metrics.ts";

interface JsonSchema {
  type?: string;
  description?: string;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  additionalProperties?: JsonSchema | boolean;
  items?: JsonSchema;
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  enum?: unknown[];
  const?: unknown;
  default?: unknown;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  exclusiveMaximum?: number;
  pattern?: string;
}

interface Line {
  path: string;
  schema: JsonSchema;
  required: boolean;
}

function code(value: unknown): string {
  return `\`${typeof value === "string" ? value.replaceAll("\t", "\\t").replaceAll("|", "\\|") : JSON.stringify(value)}\``;
}

function isDefault(schema: JsonSchema): boolean {
  return (
    schema.default !== undefined && !(typeof schema.default === "object" && JSON.stringify(schema.default) === "{}")
  );
}

function range(schema: JsonSchema): string {
  // JSON Schema writes the limits of safe integers for every whole number; they say nothing to a reader.
  const known = (limit: number | undefined) => limit !== undefined && Math.abs(limit) < Number.MAX_SAFE_INTEGER;
  const parts = [
    known(schema.minimum) ? `>= ${schema.minimum}` : "",
    known(schema.exclusiveMinimum) ? `> ${schema.exclusiveMinimum}` : "",
    known(schema.maximum) ? `<= ${schema.maximum}` : "",
    known(schema.exclusiveMaximum) ? `< ${schema.exclusiveMaximum}` : "",
  ].filter((part) => part !== "");
  return parts.length === 0 ? "" : ` ${parts.join(", ")}`;
}

function typeOf(schema: JsonSchema): string {
  if (schema.const !== undefined) return code(schema.const);
  if (schema.enum !== undefined) return schema.enum.map(code).join(" or ");
  const options = schema.anyOf ?? schema.oneOf;
  if (options !== undefined) return [...new Set(options.map(typeOf))].join(" or ");
  if (schema.type === "array") return `list of ${schema.items === undefined ? "values" : typeOf(schema.items)}`;
  if (schema.type === "object") {
    const names = Object.keys(schema.properties ?? {});
    return names.length > 0 ? code(`{ ${names.join(", ")} }`) : "mapping of names to values";
  }
  if (schema.type === "string" && schema.pattern !== undefined) return `text matching ${code(schema.pattern)}`;
  const names: Record<string, string> = {
    string: "text",
    integer: "whole number",
    number: "number",
    boolean: "true or false",
  };
  return `${names[schema.type ?? ""] ?? "value"}${range(schema)}`;
}

function lines(schema: JsonSchema, path: string): Line[] {
  const collected: Line[] = [];
  for (const [name, member] of Object.entries(schema.properties ?? {})) {
    const memberPath = path === "" ? name : `${path}.${name}`;
    collected.push({ path: memberPath, schema: member, required: schema.required?.includes(name) === true });
    collected.push(...lines(member, memberPath));
  }
  if (typeof schema.additionalProperties === "object") {
    for (const option of schema.additionalProperties.oneOf ?? []) {
      const kind = String(option.properties?.["type"]?.const ?? "");
      collected.push(...lines(option, `${path}.<name>${kind === "" ? "" : ` (${kind})`}`));
    }
  }
  return collected;
}

/** The reference page of `model.yaml` as Markdown, from its JSON Schema. */
export function referencePage(schema: Record<string, unknown>): string {
  const rows = lines(schema as JsonSchema, "").map(({ path, schema: member, required }) => {
    const fallback = isDefault(member) ? code(member.default) : required ? "required" : "";
    return `| ${code(path)} | ${typeOf(member)} | ${fallback} | ${(member.description ?? "").replaceAll("|", "\\|")} |`;
  });
  const metrics = METRIC_NAMES.map((name) => {
    const { problems, direction, summary } = metricInfo(name);
    const better = direction === "maximize" ? "larger" : "smaller";
    return `| ${code(name)} | ${summary} | ${problems.join(", ")} | ${better} |`;
  });
  return `# Reference of model.yaml

Written by \`npm run schema\` from the schema in core/definition; do not edit it by hand.
A model is a folder \`models/<name>/\` with a file \`model.yaml\`. Members that are not listed here are refused.

| member | value | default | meaning |
|---|---|---|---|
${rows.join("\n")}

## Metrics
For \`gate.metric\` and \`gate.floors\`; definitions as in scikit-learn.

| metric | what it is | problems | better |
|---|---|---|---|
${metrics.join("\n")}
`;
}
