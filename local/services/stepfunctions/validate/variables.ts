import { isObject, type Json, type JsonObject } from "../asl/json.ts";
import type { Diagnostics } from "./diagnostics.ts";

/**
 * Names of the variables that the states of one scope assign, each with a place that does. A scope holds the states of one
 * `States` field, not those of the Parallel and Map states inside it.
 */
export function assignedNames(states: JsonObject, at: string): Map<string, string> {
  const names = new Map<string, string>();
  const add = (assign: Json | undefined, place: string) => {
    if (!isObject(assign)) return;
    for (const name of Object.keys(assign))
      names.set(name.endsWith(".$") ? name.slice(0, -2) : name, `${place}/Assign/${name}`);
  };
  for (const [stateName, state] of Object.entries(states)) {
    if (!isObject(state)) continue;
    const place = `${at}/States/${stateName}`;
    add(state["Assign"], place);
    for (const list of ["Choices", "Catch"]) {
      const entries = state[list];
      for (const [index, entry] of Array.isArray(entries) ? entries.entries() : []) {
        if (isObject(entry)) add(entry["Assign"], `${place}/${list}[${index}]`);
      }
    }
  }
  return names;
}

/** An inner scope must not assign a variable of a scope around it: https://states-language.net/spec.html#variable-scope */
export function checkScopes(inner: Map<string, string>, outer: ReadonlySet<string>, found: Diagnostics): void {
  for (const [name, place] of inner) {
    if (outer.has(name)) found.schema(place, `The variable '${name}' is assigned in an outer scope already`);
  }
}
