import { itemProcessor, queryLanguage, type State } from "../asl/definition.ts";
import { type Json, jsonType } from "../asl/json.ts";
import { evaluateJsonata, expressionOf } from "../asl/jsonata.ts";
import { selectPath } from "../asl/jsonpath.ts";
import { fillTemplate } from "../asl/payload-template.ts";
import { runtimeError, StateError } from "../asl/state-error.ts";
import { type RunFrame, runAll } from "./branches.ts";
import type { StateWork } from "./context.ts";
import { applyInputPath, evaluate, numberField, scopeOf } from "./data-flow.ts";
import type { Frame } from "./records.ts";

/** The most iterations of an inline Map that run at once: https://docs.aws.amazon.com/step-functions/latest/dg/state-map-inline.html */
export const MAX_INLINE_CONCURRENCY = 40;

/** Inline Map: the item processor once per item; the result is the list of outputs in the items' order. */
export async function runInlineMap(work: StateWork, state: State, runFrame: RunFrame): Promise<Json> {
  const { run, frame } = work;
  if (frame.visit !== undefined && frame.visit.join === undefined) {
    const items = await mapItems(work, state);
    frame.visit.join = { items };
    run.logIn(frame, "MapStateStarted", { mapStateStartedEventDetails: { length: items.length } });
    run.commit();
  }
  const items = frame.visit?.join?.items ?? [];
  const limit = await maxConcurrency(work, state);
  const startedId = frame.lastEventId;
  const existing = new Map(run.childrenOf(frame).map((child) => [child.index, child]));
  const inputs = await iterationInputs(work, state, items);
  const iteration = (type: string, child: Frame) =>
    run.logIn(child, `MapIteration${type}`, {
      [`mapIteration${type}EventDetails`]: { name: frame.stateName, index: child.index },
    });
  const childAt = (index: number): Frame => {
    const known = existing.get(index);
    if (known !== undefined) return known;
    const child = run.addFrame({
      parentId: frame.id,
      index,
      path: [
        ...frame.path,
        "States",
        frame.stateName,
        state.ItemProcessor === undefined ? "Iterator" : "ItemProcessor",
      ],
      stateName: itemProcessor(state)?.StartAt ?? "",
      input: inputs[index] ?? null,
      variables: {},
      lastEventId: startedId,
      item: { Index: index, Value: items[index] ?? null },
    });
    iteration("Started", child);
    return child;
  };
  try {
    const concurrency = limit === 0 ? MAX_INLINE_CONCURRENCY : Math.min(limit, MAX_INLINE_CONCURRENCY);
    await runAll(work, items.length, concurrency, childAt, runFrame, {
      succeeded: (child) => iteration("Succeeded", child),
      failed: (child) => iteration("Failed", child),
      aborted: (child) => iteration("Aborted", child),
    });
  } catch (error) {
    if (error instanceof StateError) run.logIn(frame, "MapStateFailed");
    throw error;
  }
  run.logIn(frame, "MapStateSucceeded");
  return run.childrenOf(frame).map((child) => child.done?.output ?? null);
}

/** The items of a Map: `ItemsPath` over the effective input, or `Items`. Throws when they are no array. */
export async function mapItems(work: StateWork, state: State): Promise<Json[]> {
  const scope = scopeOf(work.run, work.frame);
  if (queryLanguage(work.run.definition, state) === "JSONata") {
    const items = state.Items === undefined ? scope.input : await evaluate("JSONata", state.Items, "Items", scope);
    if (Array.isArray(items)) return items;
    const expression = typeof state.Items === "string" ? expressionOf(state.Items) : undefined;
    throw new StateError(
      "States.QueryEvaluationError",
      `The JSONata expression '${expression ?? "$states.input"}' specified for the field 'Items' returned an unexpected result type. ` +
        `Expected 'array', but was '${jsonType(items)}' for value: ${JSON.stringify(items)}`,
    );
  }
  const input = applyInputPath(state, scope);
  const path = state.ItemsPath ?? "$";
  const items = selectPath(path, { ...scope, input });
  if (items === undefined) {
    throw runtimeError(`Invalid path '${path}': The Map state's ItemsPath references an invalid value.`);
  }
  if (Array.isArray(items)) return items;
  throw runtimeError(`Reference path '${path}' must point to array.`);
}

/** `MaxConcurrency` of a Map; 0 means no limit. */
export async function maxConcurrency(work: StateWork, state: State): Promise<number> {
  const language = queryLanguage(work.run.definition, state);
  const scope = scopeOf(work.run, work.frame);
  const inner = language === "JSONPath" ? { ...scope, input: applyInputPath(state, scope) } : scope;
  return (await numberField(language, "MaxConcurrency", state.MaxConcurrency, state.MaxConcurrencyPath, inner)) ?? 0;
}

/** Each item through `ItemSelector` (or the older `Parameters`); the item itself without one. */
export async function iterationInputs(work: StateWork, state: State, items: readonly Json[]): Promise<Json[]> {
  const template = state.ItemSelector ?? state.Parameters;
  if (template === undefined) return [...items];
  const scope = scopeOf(work.run, work.frame);
  const isJsonata = queryLanguage(work.run.definition, state) === "JSONata";
  const input = isJsonata ? scope.input : applyInputPath(state, scope);
  const inputs: Json[] = [];
  for (const [index, value] of items.entries()) {
    const context = { ...scope.context, Map: { Item: { Index: index, Value: value } } };
    inputs.push(
      isJsonata
        ? await evaluateJsonata(template, "ItemSelector", { variables: scope.variables, states: { input, context } })
        : fillTemplate(template, { ...scope, input, context }),
    );
  }
  return inputs;
}
