import { queryLanguage, type State } from "../asl/definition.ts";
import type { Json } from "../asl/json.ts";
import { fillTemplate } from "../asl/payload-template.ts";
import { StateError } from "../asl/state-error.ts";
import type { StateWork } from "./context.ts";
import { applyInputPath, evaluate, scopeOf } from "./data-flow.ts";
import type { Frame } from "./records.ts";
import { childController, Interrupted, interrupt } from "./waiting.ts";

/** Runs a frame to its end; given by the interpreter, which calls back into this file. */
export type RunFrame = (work: StateWork) => Promise<Json>;

/** The effective input of a state after InputPath and Parameters, or Arguments. */
export async function effectiveInput(work: StateWork, state: State, template: Json | undefined): Promise<Json> {
  const scope = scopeOf(work.run, work.frame);
  const language = queryLanguage(work.run.definition, state);
  if (language === "JSONata")
    return template === undefined ? scope.input : evaluate(language, template, "Arguments", scope);
  const input = applyInputPath(state, scope);
  return template === undefined ? input : fillTemplate(template, { ...scope, input });
}

/** Parallel: all branches at once; the result is the list of their outputs. */
export async function runParallel(work: StateWork, state: State, runFrame: RunFrame): Promise<Json> {
  const { run, frame } = work;
  const branches = state.Branches ?? [];
  if (frame.visit !== undefined && frame.visit.join === undefined) {
    const input = await effectiveInput(work, state, state.Parameters ?? state.Arguments);
    frame.visit.join = {};
    run.logIn(frame, "ParallelStateStarted");
    for (const [index, branch] of branches.entries()) {
      run.addFrame({
        parentId: frame.id,
        index,
        path: [...frame.path, "States", frame.stateName, "Branches", String(index)],
        stateName: branch.StartAt,
        input,
        variables: {},
        lastEventId: frame.lastEventId,
      });
    }
    run.commit();
  }
  const children = run.childrenOf(frame);
  try {
    await runAll(work, children.length, children.length, (index) => children[index], runFrame);
  } catch (error) {
    if (error instanceof StateError) run.logIn(frame, "ParallelStateFailed");
    throw error;
  }
  run.logIn(frame, "ParallelStateSucceeded");
  return children.map((child) => child.done?.output ?? null);
}

/** What happens around one child. */
export interface ChildHooks {
  succeeded?(child: Frame): void;
  failed?(child: Frame): void;
  aborted?(child: Frame): void;
}

/**
 * Runs children with a limit on how many run at once. The first failure ends the others (their jobs are stopped) and is
 * thrown once all have ended. A child that was done before is not run again.
 */
export async function runAll(
  work: StateWork,
  count: number,
  concurrency: number,
  childAt: (index: number) => Frame | undefined,
  runFrame: RunFrame,
  hooks: ChildHooks = {},
): Promise<void> {
  const { run, frame } = work;
  const { controller, release } = childController(work.signal);
  let next = 0;
  const first: { failure?: Error } = {};
  const worker = async (): Promise<void> => {
    while (next < count && first.failure === undefined) {
      if (controller.signal.aborted) throw controller.signal.reason;
      const child = childAt(next);
      next += 1;
      if (child === undefined || child.done !== undefined) continue;
      try {
        const output = await runFrame({ ...work, frame: child, signal: controller.signal });
        child.done = { output };
        // A finished child needs its output only.
        child.input = null;
        child.variables = {};
        run.save(child);
        hooks.succeeded?.(child);
        frame.lastEventId = child.lastEventId;
        run.commit();
      } catch (error) {
        if (error instanceof Interrupted) {
          // When the cloud stops, the child goes on after the next start.
          if (error.reason !== "shutdown") hooks.aborted?.(child);
        } else {
          hooks.failed?.(child);
          frame.lastEventId = child.lastEventId;
        }
        keepFirst(first, error);
        interrupt(controller, "sibling-failed");
      }
    }
  };
  try {
    const workers = Array.from({ length: Math.min(concurrency, count) }, worker);
    for (const settled of await Promise.allSettled(workers)) {
      if (settled.status === "rejected") keepFirst(first, settled.reason);
    }
  } finally {
    release();
  }
  if (first.failure !== undefined) throw first.failure;
}

/** Keeps the first failure; a failure of its own says more than having been interrupted. */
function keepFirst(first: { failure?: Error }, error: unknown): void {
  if (first.failure !== undefined && !(first.failure instanceof Interrupted)) return;
  if (first.failure !== undefined && error instanceof Interrupted) return;
  first.failure = error instanceof Error ? error : new Error(String(error));
}
