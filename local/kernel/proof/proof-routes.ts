import type { IncomingMessage } from "node:http";
import type { Cloud } from "../cloud.ts";
import { faultsOf } from "../faults/fault-plan.ts";
import { localRoutesOf, sendJson } from "../local-routes.ts";
import { proofOf } from "./proof-ledger.ts";

/**
 * Serves `/_local/proof` (what proof mode has checked) and `/_local/faults`: GET lists the fault plan with what has come of
 * it, POST adds a JSON list of faults, DELETE removes all.
 */
export function serveProofRoutes(cloud: Cloud): void {
  const routes = localRoutesOf(cloud);
  routes.set("proof", (_request, response) => {
    const ledger = proofOf(cloud);
    if (ledger) sendJson(response, 200, ledger.summary());
    else sendJson(response, 404, { message: "the local cloud runs without MLOPS_LOCAL_PROOF=1" });
  });
  routes.set("faults", async (request, response) => {
    const plan = faultsOf(cloud);
    if (request.method === "DELETE") plan.clear();
    if (request.method === "POST") {
      try {
        plan.add(JSON.parse(await bodyOf(request)));
      } catch (error) {
        sendJson(response, 400, { message: error instanceof Error ? error.message : String(error) });
        return;
      }
    }
    sendJson(response, 200, plan.list());
  });
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}
