import { fileURLToPath } from "node:url";
import type { Cloud } from "../../../kernel/cloud.ts";
import type { CredentialSource } from "../../../kernel/principals.ts";
import type { StoredFunction } from "../function-store.ts";

/** The runtimes that run here; all Node.js ones on this process's own Node. */
export const isSupportedRuntime = (runtime: string): boolean => /^nodejs(18|20|22|24)\.x$/.test(runtime);

/** What starts one process of a function. */
export interface LaunchPlan {
  readonly command: string;
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

/** Where a process finds its code, its scratch space and the Runtime API. */
export interface LaunchPlace {
  readonly taskRoot: string;
  readonly scratchDirectory: string;
  /** `127.0.0.1:<port>/<process>` */
  readonly runtimeApi: string;
  readonly logStream: string;
}

const NODE_BOOTSTRAP = fileURLToPath(new URL("./node-bootstrap.cjs", import.meta.url));

/**
 * V8's limits for a function's memory: nine tenths for objects that live, a twentieth (at most V8's own 16 MiB) for young ones,
 * the rest is Node's own. A size for the young ones in the function's NODE_OPTIONS goes first.
 * https://nodejs.org/api/cli.html#--max-old-space-sizesize-in-mib
 */
function heapLimits(memoryMib: number, nodeOptions: string): string[] {
  const youngMib = Math.min(16, Math.max(1, Math.floor(memoryMib * 0.05)));
  if (nodeOptions.includes("--max-semi-space-size")) return [`--max-old-space-size=${Math.floor(memoryMib * 0.9)}`];
  return [`--max-old-space-size=${Math.floor(memoryMib * 0.9)}`, `--max-semi-space-size=${youngMib}`];
}

/** The command and the environment of a process: what Lambda sets, the function's own variables, and the way to this cloud. */
export function launchPlan(cloud: Cloud, fn: StoredFunction, place: LaunchPlace): LaunchPlan {
  const keys = cloud.service<CredentialSource>("sts").credentialsFor(fn.role, fn.name);
  return {
    command: process.execPath,
    args: [...heapLimits(fn.memoryMib, fn.environment["NODE_OPTIONS"] ?? ""), NODE_BOOTSTRAP],
    environment: {
      PATH: process.env["PATH"] ?? "/usr/local/bin:/usr/bin:/bin",
      LANG: "en_US.UTF-8",
      TZ: ":UTC",
      HOME: place.scratchDirectory,
      TMPDIR: place.scratchDirectory,
      // This machine's Node stands in for a newer one, for which the SDK has no warning.
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
      ...fn.environment,
      _HANDLER: fn.handler,
      LAMBDA_TASK_ROOT: place.taskRoot,
      LAMBDA_RUNTIME_DIR: fileURLToPath(new URL(".", import.meta.url)),
      AWS_LAMBDA_RUNTIME_API: place.runtimeApi,
      AWS_LAMBDA_FUNCTION_NAME: fn.name,
      AWS_LAMBDA_FUNCTION_VERSION: fn.version,
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(fn.memoryMib),
      AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand",
      AWS_LAMBDA_LOG_GROUP_NAME: fn.logging.logGroup,
      AWS_LAMBDA_LOG_STREAM_NAME: place.logStream,
      AWS_LAMBDA_LOG_FORMAT: fn.logging.format,
      AWS_LAMBDA_LOG_LEVEL: fn.logging.applicationLevel ?? "INFO",
      AWS_EXECUTION_ENV: `AWS_Lambda_${fn.runtime}`,
      AWS_REGION: cloud.region,
      AWS_DEFAULT_REGION: cloud.region,
      AWS_ACCESS_KEY_ID: keys.accessKeyId,
      AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
      AWS_SESSION_TOKEN: keys.sessionToken,
      AWS_ENDPOINT_URL: cloud.endpoint(),
      AWS_EC2_METADATA_DISABLED: "true",
    },
  };
}
