import type { QueryLanguage } from "../asl/definition.ts";
import { isObject, type Json, type JsonObject } from "../asl/json.ts";
import type { Diagnostics } from "./diagnostics.ts";
import { checkState } from "./state.ts";
import { assignedNames, checkScopes } from "./variables.ts";

/** Checks a workflow: its start, its states, and that transitions lead somewhere, reach every state and can end. */
export function checkWorkflow(
  workflow: Json | undefined,
  at: string,
  language: QueryLanguage,
  names: Set<string>,
  found: Diagnostics,
  outerVariables: ReadonlySet<string> = new Set(),
): void {
  const place = at === "" ? "/" : at;
  if (!isObject(workflow)) {
    found.schema(place, "The value must be an object");
    return;
  }
  const missing = ["States", "StartAt"].filter((name) => workflow[name] === undefined);
  if (missing.length > 0) {
    found.schema(place, `These fields are required: [${missing.join(", ")}]`);
    return;
  }
  const { StartAt: startAt, States: states } = workflow;
  if (!isObject(states) || Object.keys(states).length === 0) {
    found.schema(`${at}/States`, "The value must be an object with at least one state");
    return;
  }
  const assigned = assignedNames(states, at);
  checkScopes(assigned, outerVariables, found);
  const visible = new Set([...outerVariables, ...assigned.keys()]);
  for (const [name, state] of Object.entries(states)) {
    const statePlace = `${at}/States/${name}`;
    if (name.length > 80) found.schema(statePlace, "The name of a state may have at most 80 characters");
    if (names.has(name)) found.add("DUPLICATE_STATE_NAME", `Duplicate State name: ${name}`, statePlace);
    names.add(name);
    if (!isObject(state)) found.schema(statePlace, "The value must be an object");
    else
      checkState(
        state,
        statePlace,
        language,
        (inner, where) => checkWorkflow(inner, where, language, names, found, visible),
        found,
      );
  }
  checkTransitions(states, startAt, at, found);
}

function checkTransitions(states: JsonObject, startAt: Json | undefined, at: string, found: Diagnostics): void {
  if (typeof startAt !== "string" || !Object.hasOwn(states, startAt)) {
    found.transition(`${at}/StartAt`, `Missing 'StartAt' target: ${String(startAt)}`);
    return;
  }
  for (const [name, state] of Object.entries(states)) {
    if (!isObject(state)) continue;
    const place = `${at}/States/${name}`;
    for (const [field, target] of targets(state)) {
      if (!Object.hasOwn(states, target)) found.transition(`${place}/${field}`, `Missing 'Next' target: ${target}`);
    }
    checkEnd(state, place, found);
  }
  const reached = new Set([startAt]);
  for (const name of reached) {
    const state = states[name];
    if (!isObject(state)) continue;
    for (const [, target] of targets(state)) if (Object.hasOwn(states, target)) reached.add(target);
  }
  for (const name of Object.keys(states)) {
    if (!reached.has(name)) found.transition(`${at}/States/${name}`, `State "${name}" is not reachable.`);
  }
  const canEnd = [...reached].some((name) => {
    const state = states[name];
    return isObject(state) && (state["End"] === true || state["Type"] === "Succeed" || state["Type"] === "Fail");
  });
  if (!canEnd)
    found.schema(`${at}/States`, "No terminal state: a state with 'End': true, a Succeed or a Fail state is required");
}

function checkEnd(state: JsonObject, at: string, found: Diagnostics): void {
  const type = state["Type"];
  if (type === "Choice" || type === "Succeed" || type === "Fail") return;
  if (state["Next"] !== undefined && state["End"] !== undefined)
    found.schema(at, "Only one of 'Next' and 'End' may be given");
  else if (state["Next"] === undefined && state["End"] !== true)
    found.schema(at, "One of 'Next' and 'End': true is required");
}

/** All transitions of a state with the field that makes each. */
function targets(state: JsonObject): [field: string, target: string][] {
  const found: [string, string][] = [];
  for (const field of ["Next", "Default"]) {
    const target = state[field];
    if (typeof target === "string") found.push([field, target]);
  }
  for (const list of ["Choices", "Catch"]) {
    const entries = state[list];
    for (const [index, entry] of Array.isArray(entries) ? entries.entries() : []) {
      if (isObject(entry) && typeof entry["Next"] === "string") found.push([`${list}[${index}]/Next`, entry["Next"]]);
    }
  }
  return found;
}
