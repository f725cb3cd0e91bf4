import { intrinsicOf } from "./intrinsics.ts";
import type { TemplateResource } from "./template.ts";

/** Logical ids that a resource needs before it: DependsOn and every reference in its properties. Only `known` ids count. */
export function dependenciesOf(resource: TemplateResource, known: ReadonlySet<string>): Set<string> {
  const found = new Set<string>();
  const explicit = typeof resource.DependsOn === "string" ? [resource.DependsOn] : (resource.DependsOn ?? []);
  for (const id of explicit) if (known.has(id)) found.add(id);
  collect(resource.Properties, known, found);
  return found;
}

function collect(value: unknown, known: ReadonlySet<string>, found: Set<string>): void {
  if (Array.isArray(value)) {
    for (const item of value) collect(item, known, found);
    return;
  }
  if (typeof value !== "object" || value === null) return;
  const call = intrinsicOf(value);
  if (call?.name === "Ref") add(String(call.argument), known, found);
  if (call?.name === "Fn::GetAtt") {
    const target = Array.isArray(call.argument) ? call.argument[0] : String(call.argument).split(".")[0];
    add(String(target), known, found);
  }
  if (call?.name === "Fn::Sub") {
    const source = Array.isArray(call.argument) ? call.argument[0] : call.argument;
    for (const [, name] of String(source).matchAll(/\$\{([^!}][^}]*)\}/g)) add(name?.split(".")[0] ?? "", known, found);
  }
  for (const item of Object.values(value)) collect(item, known, found);
}

function add(id: string, known: ReadonlySet<string>, found: Set<string>): void {
  if (known.has(id)) found.add(id);
}
