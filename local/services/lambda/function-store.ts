import type { Cloud } from "../../kernel/cloud.ts";
import type { DurableMap } from "../../kernel/durable-map.ts";
import { notFound } from "./errors.ts";
import { functionArn, parseFunctionName } from "./function-name.ts";

/** How a function logs: AWS's LoggingConfig with its defaults filled in. */
export interface LoggingSettings {
  readonly logGroup: string;
  readonly format: "Text" | "JSON";
  readonly applicationLevel?: string | undefined;
  readonly systemLevel?: string | undefined;
}

/** A function's configuration: of `$LATEST`, or a published version, which never changes. The durable record. */
export interface StoredFunction {
  readonly name: string;
  readonly version: string;
  readonly runtime: string;
  readonly handler: string;
  readonly role: string;
  readonly description: string;
  readonly timeoutSeconds: number;
  readonly memoryMib: number;
  readonly ephemeralStorageMib: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly architectures: readonly string[];
  readonly tracingMode: string;
  readonly deadLetterTargetArn?: string | undefined;
  readonly kmsKeyArn?: string | undefined;
  readonly logging: LoggingSettings;
  /** SHA-256 of the zip, base64. */
  readonly codeSha256: string;
  readonly codeSizeBytes: number;
  readonly lastModified: string;
  /** Changes with every change: running processes of an older revision are replaced. */
  readonly revisionId: string;
}

/** What belongs to a function but not to its versions. */
export interface FunctionAttachments {
  readonly tags: Readonly<Record<string, string>>;
  readonly reservedConcurrency?: number | undefined;
  readonly lastVersion: number;
  readonly policies: Readonly<Record<string, { readonly statements: readonly object[]; readonly revisionId: string }>>;
}

/** A name for a version. */
export interface StoredAlias {
  readonly functionName: string;
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly revisionId: string;
}

/** How asynchronous invocations of a function or version are retried and where their results go. */
export interface StoredInvokeConfig {
  readonly functionName: string;
  readonly qualifier: string;
  readonly maximumRetryAttempts?: number | undefined;
  readonly maximumEventAgeSeconds?: number | undefined;
  readonly onSuccess?: string | undefined;
  readonly onFailure?: string | undefined;
  readonly modifiedMillis: number;
}

/** The unpublished version. */
export const LATEST = "$LATEST";

/** Durable records of functions, versions, aliases and their settings. */
export class FunctionStore {
  readonly cloud: Cloud;
  /** `<name>:<version>` */
  readonly functions: DurableMap<StoredFunction>;
  readonly attachments: DurableMap<FunctionAttachments>;
  /** `<name>:<alias>` */
  readonly aliases: DurableMap<StoredAlias>;
  /** `<name>:<qualifier>` */
  readonly invokeConfigs: DurableMap<StoredInvokeConfig>;

  constructor(cloud: Cloud) {
    this.cloud = cloud;
    this.functions = cloud.table<StoredFunction>("lambda", "functions");
    this.attachments = cloud.table<FunctionAttachments>("lambda", "attachments");
    this.aliases = cloud.table<StoredAlias>("lambda", "aliases");
    this.invokeConfigs = cloud.table<StoredInvokeConfig>("lambda", "invoke-configs");
  }

  /** Finds a function or version by name or ARN and qualifier; an alias gives its version. Throws ResourceNotFoundException. */
  find(text: string, qualifier?: string): StoredFunction {
    const reference = parseFunctionName(text, qualifier);
    const alias =
      reference.qualifier === undefined ? undefined : this.aliases.get(`${reference.name}:${reference.qualifier}`);
    const version = alias?.version ?? reference.qualifier ?? LATEST;
    const found = this.functions.get(`${reference.name}:${version}`);
    if (found === undefined) {
      throw notFound(`Function not found: ${functionArn(this.cloud, reference.name, reference.qualifier)}`);
    }
    return found;
  }

  /** The attachments of an existing function. */
  attached(name: string): FunctionAttachments {
    return this.attachments.get(name) ?? { tags: {}, lastVersion: 0, policies: {} };
  }

  save(record: StoredFunction): StoredFunction {
    return this.functions.set(`${record.name}:${record.version}`, record);
  }

  /** All versions of a function, `$LATEST` first, then by number. */
  versionsOf(name: string): StoredFunction[] {
    return [...this.functions.values()]
      .filter((record) => record.name === name)
      .sort((a, b) => (a.version === LATEST ? -1 : b.version === LATEST ? 1 : Number(a.version) - Number(b.version)));
  }
}
