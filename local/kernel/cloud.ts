import type { IncomingMessage, ServerResponse } from "node:http";
import type { AwsError } from "./aws-error.ts";
import type { DurableMap } from "./durable-map.ts";

/**
 * Who makes a call: the ARN of a role or user, `events.amazonaws.com` for a service that acts for a resource, `service` for what AWS does
 * inside and no policy speaks about. Kept on every request so that permissions can be checked.
 */
export interface Principal {
  readonly arn: string;
  /** ARN of the resource that a service acts for, such as EventBridge's rule: `aws:SourceArn`. */
  readonly sourceArn?: string;
}

/** What a service operation learns about the request besides its input. */
export interface RequestContext {
  readonly principal: Principal;
  readonly requestId: string;
  /** Aborted when the client goes away or the cloud stops. */
  readonly signal: AbortSignal;
}

/** One API operation: takes the validated input in AWS's own member names, gives the output in AWS's own member names, throws {@link AwsError}. Timestamps are `Date`, blobs are `Uint8Array`. */
// biome-ignore lint/suspicious/noExplicitAny: inputs are validated against AWS's published model before they come here; each service narrows them.
export type Operation = (input: any, context: RequestContext) => Promise<object> | object;

/**
 * A service that speaks one of AWS's model-driven protocols (JSON 1.0/1.1, Query, REST-JSON). The kernel parses the wire
 * format, validates the input against AWS's published model, calls the operation and serializes its output.
 * An operation that is missing here fails with an error that names it.
 */
export interface LocalService {
  /** The service's id as in botocore's folder names: `sagemaker`, `dynamodb`, `stepfunctions`, `events`, `sqs`, `sns`, `lambda`, `logs`, `cloudwatch`, `iam`, `sts`, `kms`, `cloudformation`, `sagemaker-runtime`, `s3`. */
  readonly id: string;
  readonly operations: Readonly<Record<string, Operation>>;
  /** Services with streaming bodies (S3) or raw bodies take the HTTP exchange themselves. When present, all wire requests of the service come here. */
  handleHttp?(request: IncomingMessage, response: ServerResponse, context: RequestContext): Promise<void>;
  /** Resumes after a start: re-arms timers, continues or fails what was running when the process ended. Called once, after every service exists. */
  start?(): Promise<void>;
  /** Ends children and timers; called once before exit. State is already on disk. */
  stop?(): Promise<void>;
}

/** An event as EventBridge delivers it. */
export interface CloudEvent {
  readonly version: "0";
  readonly id: string;
  readonly "detail-type": string;
  readonly source: string;
  readonly account: string;
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: Record<string, unknown>;
}

/** What every service is given: the way to the other services, durable state, logs and the clock. */
export interface Cloud {
  readonly region: string;
  readonly accountId: string;
  /** `aws` */
  readonly partition: string;
  /** `http://127.0.0.1:<port>`, known once the port is bound. */
  endpoint(): string;
  /** Absolute path of a directory that belongs to the named service; made when missing. Large data (objects, artifacts, logs) lives there. */
  directory(service: string): string;
  /** A durable map that belongs to `<service>/<name>`; opened once, the same instance afterwards. */
  table<V>(service: string, name: string): DurableMap<V>;
  /** Calls an operation of any service in process, with the same validation as over the wire. Throws AwsError. */
  // biome-ignore lint/suspicious/noExplicitAny: outputs are AWS shapes; callers narrow them.
  call(service: string, operation: string, input: object, principal?: Principal): Promise<any>;
  /** The service instance itself, for typed in-process use (S3's streams). Throws when the service does not exist. */
  service<S extends LocalService>(id: string): S;
  /** Puts an event of an AWS service (source `aws.*`) on the default bus; id, time, account, region are filled in. */
  publish(event: {
    source: string;
    detailType: string;
    detail: Record<string, unknown>;
    resources?: string[];
    time?: Date;
  }): void;
  /** One structured line in the cloud's own log: `local/…` messages for operators, never user data. */
  log(service: string, message: string, fields?: Record<string, unknown>): void;
  /** Milliseconds since the epoch; services take the time from here only. */
  now(): number;
}

/** A service module exports a function of this type. */
export type ServiceFactory<S extends LocalService = LocalService> = (cloud: Cloud) => S;

export type { AwsError };
