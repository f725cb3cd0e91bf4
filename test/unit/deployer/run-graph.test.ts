import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { type Graph, reversed, runGraph } from "../../../local/deployer/run-graph.ts";

const graphOf = (edges: Record<string, string[]>): Graph =>
  new Map(Object.entries(edges).map(([node, needs]) => [node, new Set(needs)]));

describe("runGraph", () => {
  it("runs independent nodes at the same time", async () => {
    let running = 0;
    let most = 0;
    await runGraph(graphOf({ a: [], b: [], c: ["a", "b"] }), async () => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setTimeout(resolve, 5));
      running -= 1;
    });
    expect(most).toBe(2);
  });

  it("starts nothing after a failure and throws the first error", async () => {
    const ran: string[] = [];
    const work = async (node: string): Promise<void> => {
      ran.push(node);
      if (node === "a") throw new Error("a failed");
    };
    await expect(runGraph(graphOf({ a: [], b: ["a"] }), work)).rejects.toThrow("a failed");
    expect(ran).toEqual(["a"]);
  });

  it("names the nodes of a cycle", async () => {
    await expect(runGraph(graphOf({ a: ["b"], b: ["c"], c: ["b"] }), async () => undefined)).rejects.toThrow(
      "b -> c -> b",
    );
  });

  test.prop([fc.array(fc.array(fc.nat({ max: 20 }), { maxLength: 4 }), { maxLength: 20 })])(
    "runs every node once, after all it waits for, and backwards when reversed",
    async (lists) => {
      // Edges go to smaller numbers only, so there is no cycle.
      const graph: Graph = new Map(
        lists.map((needs, node) => [String(node), new Set(needs.filter((need) => need < node).map(String))]),
      );
      for (const [one, before] of [
        [graph, graph],
        [reversed(graph), reversed(graph)],
      ] as const) {
        const done = new Set<string>();
        await runGraph(one, async (node) => {
          for (const need of before.get(node) ?? []) expect(done).toContain(need);
          done.add(node);
        });
        expect(done.size).toBe(graph.size);
      }
    },
  );
});
