import { DeployError } from "./deploy-error.ts";

/** Names to the names they wait for. */
export type Graph = ReadonlyMap<string, ReadonlySet<string>>;

/**
 * Runs `work` for every node after all nodes it waits for, independent nodes at the same time.
 * After the first failure nothing new starts; what runs is awaited, then the first error is thrown.
 */
export async function runGraph(graph: Graph, work: (node: string) => Promise<void>, parallel = 64): Promise<void> {
  checkAcyclic(graph);
  const waiting = new Map(
    [...graph].map(([node, needs]) => [node, new Set([...needs].filter((one) => graph.has(one)))]),
  );
  const running = new Map<string, Promise<string>>();
  let failure: { error: unknown } | undefined;
  while (waiting.size > 0 || running.size > 0) {
    for (const [node, needs] of waiting) {
      if (failure || needs.size > 0 || running.size >= parallel) continue;
      waiting.delete(node);
      const run = work(node).catch((error: unknown) => {
        failure ??= { error };
      });
      running.set(
        node,
        run.then(() => node),
      );
    }
    if (running.size === 0) break;
    const done = await Promise.race(running.values());
    running.delete(done);
    for (const needs of waiting.values()) needs.delete(done);
  }
  if (failure) throw failure.error;
}

/** The same graph with every edge turned round: for deletion. */
export function reversed(graph: Graph): Graph {
  const result = new Map([...graph.keys()].map((node) => [node, new Set<string>()]));
  for (const [node, needs] of graph) for (const need of needs) result.get(need)?.add(node);
  return result;
}

/** The nodes and everything that they wait for, directly or not. */
export function withNeeds(graph: Graph, nodes: Iterable<string>): Set<string> {
  const found = new Set<string>();
  const visit = (node: string): void => {
    if (found.has(node)) return;
    found.add(node);
    for (const need of graph.get(node) ?? []) visit(need);
  };
  for (const node of nodes) visit(node);
  return found;
}

/** Throws DeployError that names the circle when nodes wait for each other. */
export function checkAcyclic(graph: Graph): void {
  const done = new Set<string>();
  const visit = (node: string, path: readonly string[]): void => {
    if (done.has(node)) return;
    const start = path.indexOf(node);
    if (start >= 0) throw new DeployError(`circular dependency: ${[...path.slice(start), node].join(" -> ")}`);
    for (const need of graph.get(node) ?? []) visit(need, [...path, node]);
    done.add(node);
  };
  for (const node of graph.keys()) visit(node, []);
}
