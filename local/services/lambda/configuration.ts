import type { Cloud } from "../../kernel/cloud.ts";
import { invalidParameter, unsupported } from "./errors.ts";
import { functionArn } from "./function-name.ts";
import { LATEST, type LoggingSettings, type StoredFunction } from "./function-store.ts";
import { isSupportedRuntime } from "./runtime/environment.ts";

/** Settings that CreateFunction and UpdateFunctionConfiguration share, in AWS's shape. */
export interface ConfigurationInput {
  readonly Runtime?: string;
  readonly Role?: string;
  readonly Handler?: string;
  readonly Description?: string;
  readonly Timeout?: number;
  readonly MemorySize?: number;
  readonly EphemeralStorage?: { readonly Size: number };
  readonly Environment?: { readonly Variables?: Readonly<Record<string, string>> };
  readonly TracingConfig?: { readonly Mode?: string };
  readonly DeadLetterConfig?: { readonly TargetArn?: string };
  readonly KMSKeyArn?: string;
  readonly LoggingConfig?: {
    readonly LogGroup?: string;
    readonly LogFormat?: "Text" | "JSON";
    readonly ApplicationLogLevel?: string;
    readonly SystemLogLevel?: string;
  };
  readonly Layers?: readonly string[];
  readonly VpcConfig?: { readonly SubnetIds?: readonly string[]; readonly SecurityGroupIds?: readonly string[] };
  readonly FileSystemConfigs?: readonly object[];
  readonly ImageConfig?: object;
  readonly SnapStart?: { readonly ApplyOn?: string };
}

/** The members of {@link StoredFunction} that a configuration sets. */
export type Settings = Pick<
  StoredFunction,
  | "runtime"
  | "role"
  | "handler"
  | "description"
  | "timeoutSeconds"
  | "memoryMib"
  | "ephemeralStorageMib"
  | "environment"
  | "tracingMode"
  | "deadLetterTargetArn"
  | "kmsKeyArn"
  | "logging"
>;

const RESERVED_VARIABLES =
  /^(_HANDLER|_X_AMZN_TRACE_ID|AWS_DEFAULT_REGION|AWS_REGION|AWS_EXECUTION_ENV|AWS_LAMBDA_(FUNCTION_.*|INITIALIZATION_TYPE|LOG_GROUP_NAME|LOG_STREAM_NAME|RUNTIME_API)|AWS_ACCESS_KEY(_ID)?|AWS_SECRET_ACCESS_KEY|AWS_SESSION_TOKEN|LAMBDA_TASK_ROOT|LAMBDA_RUNTIME_DIR)$/;
const MAX_ENVIRONMENT_BYTES = 4_096;

function checkEnvironment(variables: Readonly<Record<string, string>>): void {
  const reserved = Object.keys(variables).filter((name) => RESERVED_VARIABLES.test(name));
  if (reserved.length > 0) {
    throw invalidParameter(
      `Lambda was unable to configure your environment variables because the environment variables you have provided contains reserved keys that are currently not supported for modification. Reserved keys used in this request: ${reserved.join(", ")}`,
    );
  }
  const sizeBytes = Buffer.byteLength(JSON.stringify(variables));
  if (sizeBytes > MAX_ENVIRONMENT_BYTES) {
    throw invalidParameter(
      `Lambda was unable to configure your environment variables because the environment variables you have provided exceeded the 4KB limit. String measured: ${JSON.stringify(variables).slice(0, 200)}`,
    );
  }
}

function refuseUnsupported(input: ConfigurationInput): void {
  if (input.Runtime !== undefined && !isSupportedRuntime(input.Runtime)) {
    throw unsupported(`Runtime ${input.Runtime} (nodejs18.x, nodejs20.x, nodejs22.x and nodejs24.x are available)`);
  }
  if ((input.Layers ?? []).length > 0) throw unsupported("Layers");
  if ((input.VpcConfig?.SubnetIds ?? []).length > 0) throw unsupported("VpcConfig");
  if ((input.FileSystemConfigs ?? []).length > 0) throw unsupported("FileSystemConfigs");
  if (input.ImageConfig !== undefined) throw unsupported("ImageConfig");
  if (input.SnapStart?.ApplyOn === "PublishedVersions") throw unsupported("SnapStart");
}

function loggingOf(
  name: string,
  input: ConfigurationInput["LoggingConfig"],
  previous: LoggingSettings | undefined,
): LoggingSettings {
  if (input === undefined && previous !== undefined) return previous;
  const format = input?.LogFormat ?? previous?.format ?? "Text";
  if (format === "Text" && (input?.ApplicationLogLevel !== undefined || input?.SystemLogLevel !== undefined)) {
    throw invalidParameter("To use ApplicationLogLevel or SystemLogLevel, the LogFormat must be JSON.");
  }
  return {
    logGroup: input?.LogGroup ?? previous?.logGroup ?? `/aws/lambda/${name}`,
    format,
    applicationLevel:
      format === "JSON" ? (input?.ApplicationLogLevel ?? previous?.applicationLevel ?? "INFO") : undefined,
    systemLevel: format === "JSON" ? (input?.SystemLogLevel ?? previous?.systemLevel ?? "INFO") : undefined,
  };
}

/** Checks a configuration and joins it with what was there before (nothing, for a new function). Throws InvalidParameterValueException. */
export function settingsOf(name: string, input: ConfigurationInput, previous?: StoredFunction): Settings {
  refuseUnsupported(input);
  const runtime = input.Runtime ?? previous?.runtime;
  const handler = input.Handler ?? previous?.handler;
  const role = input.Role ?? previous?.role;
  if (runtime === undefined || handler === undefined) {
    throw invalidParameter(
      "Runtime and Handler are mandatory parameters for functions created with deployment packages.",
    );
  }
  if (role === undefined) throw invalidParameter("Role is a mandatory parameter.");
  const environment =
    input.Environment === undefined ? (previous?.environment ?? {}) : (input.Environment.Variables ?? {});
  checkEnvironment(environment);
  const target = input.DeadLetterConfig?.TargetArn;
  return {
    runtime,
    handler,
    role,
    environment,
    description: input.Description ?? previous?.description ?? "",
    timeoutSeconds: input.Timeout ?? previous?.timeoutSeconds ?? 3,
    memoryMib: input.MemorySize ?? previous?.memoryMib ?? 128,
    ephemeralStorageMib: input.EphemeralStorage?.Size ?? previous?.ephemeralStorageMib ?? 512,
    tracingMode: input.TracingConfig?.Mode ?? previous?.tracingMode ?? "PassThrough",
    deadLetterTargetArn: input.DeadLetterConfig === undefined ? previous?.deadLetterTargetArn : target || undefined,
    kmsKeyArn: input.KMSKeyArn ?? previous?.kmsKeyArn,
    logging: loggingOf(name, input.LoggingConfig, previous?.logging),
  };
}

/** AWS's FunctionConfiguration of a function. The ARN carries the qualifier where the caller asked with one. */
export function configurationOf(cloud: Cloud, fn: StoredFunction, qualifier?: string): Record<string, unknown> {
  const { logging } = fn;
  return {
    FunctionName: fn.name,
    FunctionArn: functionArn(cloud, fn.name, qualifier ?? (fn.version === LATEST ? undefined : fn.version)),
    Runtime: fn.runtime,
    Role: fn.role,
    Handler: fn.handler,
    CodeSize: fn.codeSizeBytes,
    Description: fn.description,
    Timeout: fn.timeoutSeconds,
    MemorySize: fn.memoryMib,
    LastModified: fn.lastModified,
    CodeSha256: fn.codeSha256,
    Version: fn.version,
    DeadLetterConfig: fn.deadLetterTargetArn === undefined ? undefined : { TargetArn: fn.deadLetterTargetArn },
    Environment: Object.keys(fn.environment).length === 0 ? undefined : { Variables: fn.environment },
    KMSKeyArn: fn.kmsKeyArn,
    TracingConfig: { Mode: fn.tracingMode },
    RevisionId: fn.revisionId,
    State: "Active",
    LastUpdateStatus: "Successful",
    PackageType: "Zip",
    Architectures: fn.architectures,
    EphemeralStorage: { Size: fn.ephemeralStorageMib },
    SnapStart: { ApplyOn: "None", OptimizationStatus: "Off" },
    LoggingConfig: {
      LogGroup: logging.logGroup,
      LogFormat: logging.format,
      ApplicationLogLevel: logging.applicationLevel,
      SystemLogLevel: logging.systemLevel,
    },
  };
}
