import type { IncomingMessage, ServerResponse } from "node:http";
import type { Cloud } from "../kernel/cloud.ts";
import { type CloudLog, formatLogLine, type LogLine } from "../kernel/cloud-log.ts";
import type { RunningCloud } from "../kernel/create-cloud.ts";
import { localRoutesOf, sendJson } from "../kernel/local-routes.ts";
import type { LocalFile } from "./local-file.ts";

/** What the routes show besides the cloud itself. `phase` is `ready` once the template is deployed. */
export interface ServerState {
  phase: "deploying" | "ready" | "stopping";
  file: LocalFile;
}

const DEFAULT_LOG_LINES = 200;

/** Serves `/_local/health`, `/_local/status` and `/_local/logs`. */
export function serveLocalRoutes(running: RunningCloud, state: ServerState): void {
  const routes = localRoutesOf(running.cloud);
  routes.set("health", (_request, response) => sendJson(response, 200, { status: "ok", phase: state.phase }));
  routes.set("status", async (_request, response) => {
    const services = [...running.services.keys()].sort();
    sendJson(response, 200, {
      phase: state.phase,
      ...state.file,
      services,
      running: await runningThings(running.cloud),
    });
  });
  routes.set("logs", (request, response, _path, query) => sendLogs(running.log, request, response, query));
}

/** Executions, jobs and endpoints that run at the moment. */
async function runningThings(cloud: Cloud): Promise<Record<string, string[]>> {
  const [machines, training, transform, endpoints] = await Promise.all([
    cloud.call("stepfunctions", "ListStateMachines", {}),
    cloud.call("sagemaker", "ListTrainingJobs", { StatusEquals: "InProgress", MaxResults: 100 }),
    cloud.call("sagemaker", "ListTransformJobs", { StatusEquals: "InProgress", MaxResults: 100 }),
    cloud.call("sagemaker", "ListEndpoints", { MaxResults: 100 }),
  ]);
  const executions = await Promise.all(
    (machines.stateMachines as { stateMachineArn: string }[]).map(({ stateMachineArn }) =>
      cloud.call("stepfunctions", "ListExecutions", { stateMachineArn, statusFilter: "RUNNING" }),
    ),
  );
  return {
    executions: executions.flatMap((list) =>
      (list.executions as { executionArn: string }[]).map((execution) => execution.executionArn),
    ),
    trainingJobs: (training.TrainingJobSummaries as { TrainingJobName: string }[]).map((job) => job.TrainingJobName),
    transformJobs: (transform.TransformJobSummaries as { TransformJobName: string }[]).map(
      (job) => job.TransformJobName,
    ),
    endpoints: (endpoints.Endpoints as { EndpointName: string }[]).map((endpoint) => endpoint.EndpointName),
  };
}

/** `?service=lambda&lines=50&follow=true`; as server-sent events when the client accepts them, else as text. */
function sendLogs(log: CloudLog, request: IncomingMessage, response: ServerResponse, query: URLSearchParams): void {
  const service = query.get("service") ?? undefined;
  const lines = log.tail(Number(query.get("lines") ?? DEFAULT_LOG_LINES), service);
  const asEvents = request.headers.accept?.includes("text/event-stream") ?? false;
  const write = (line: LogLine): void => {
    response.write(asEvents ? `data: ${JSON.stringify(line)}\n\n` : `${formatLogLine(line)}\n`);
  };
  response.writeHead(200, { "content-type": asEvents ? "text/event-stream" : "text/plain; charset=utf-8" });
  for (const line of lines) write(line);
  if (!asEvents && query.get("follow") !== "true") {
    response.end();
    return;
  }
  response.flushHeaders();
  const stop = log.follow((line) => {
    if (service === undefined || line.service === service) write(line);
  });
  response.once("close", stop);
}
