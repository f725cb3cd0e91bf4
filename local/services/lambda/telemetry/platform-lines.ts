import type { StoredFunction } from "../function-store.ts";
import type { RunResult } from "../runtime/worker.ts";

/** The line that opens an invocation's log, in the function's log format. */
export function startLine(fn: StoredFunction, requestId: string): string {
  if (fn.logging.format === "JSON") return platformEvent("platform.start", { requestId, version: fn.version });
  return `START RequestId: ${requestId} Version: ${fn.version}`;
}

/** The lines that close an invocation's log: END and REPORT, or platform.report. Durations in milliseconds, memory in MiB. */
export function endLines(fn: StoredFunction, requestId: string, result: RunResult): string[] {
  const billedMillis = Math.ceil(result.durationMillis);
  const status = result.fault === "Sandbox.Timedout" ? "timeout" : result.fault === undefined ? undefined : "error";
  if (fn.logging.format === "JSON") {
    const record = {
      requestId,
      metrics: {
        durationMs: round(result.durationMillis),
        billedDurationMs: billedMillis,
        memorySizeMB: fn.memoryMib,
        maxMemoryUsedMB: result.maxMemoryMib,
        ...(result.initMillis === undefined ? {} : { initDurationMs: round(result.initMillis) }),
      },
      status: status ?? (result.failed ? "error" : "success"),
      ...(result.fault === undefined ? {} : { errorType: result.fault }),
    };
    return [platformEvent("platform.report", record)];
  }
  const parts = [
    `REPORT RequestId: ${requestId}`,
    `Duration: ${result.durationMillis.toFixed(2)} ms`,
    `Billed Duration: ${billedMillis} ms`,
    `Memory Size: ${fn.memoryMib} MB`,
    `Max Memory Used: ${result.maxMemoryMib} MB`,
  ];
  if (result.initMillis !== undefined) parts.push(`Init Duration: ${result.initMillis.toFixed(2)} ms`);
  if (status !== undefined) parts.push(`Status: ${status}`);
  if (status === "error") parts.push(`Error Type: ${String(result.fault)}`);
  return [`END RequestId: ${requestId}`, `${parts.join("\t")}\t`];
}

const round = (millis: number): number => Math.round(millis * 1_000) / 1_000;

function platformEvent(type: string, record: object): string {
  return JSON.stringify({ time: new Date().toISOString(), type, record });
}
