import type { CloudEvent } from "../../kernel/cloud.ts";
import type { EventSink } from "../../kernel/event-sink.ts";

/** A target of a rule, as PutTargets takes it. */
export interface RuleTarget {
  readonly Id: string;
  readonly Arn: string;
  readonly RoleArn?: string;
  readonly Input?: string;
  readonly InputPath?: string;
  readonly InputTransformer?: {
    readonly InputPathsMap?: Readonly<Record<string, string>>;
    readonly InputTemplate: string;
  };
  readonly SqsParameters?: { readonly MessageGroupId?: string };
  readonly DeadLetterConfig?: { readonly Arn?: string };
  readonly RetryPolicy?: { readonly MaximumRetryAttempts?: number; readonly MaximumEventAgeInSeconds?: number };
}

/** A rule as it is stored. */
export interface RuleRecord {
  readonly name: string;
  readonly busName: string;
  readonly arn: string;
  readonly state: "ENABLED" | "DISABLED";
  readonly description?: string;
  readonly roleArn?: string;
  /** JSON text, as given. */
  readonly eventPattern?: string;
  /** `rate(...)` or `cron(...)`. */
  readonly scheduleExpression?: string;
  /** When the rule was made or last enabled; a rate counts from here. */
  readonly anchorMillis: number;
  /** The next moment of the schedule. */
  readonly nextFireAtMillis?: number;
  readonly targets: readonly RuleTarget[];
  readonly tags: Readonly<Record<string, string>>;
}

/** A bus as it is stored. */
export interface BusRecord {
  readonly name: string;
  readonly arn: string;
  readonly createdAtMillis: number;
  readonly description?: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** One delivery to one target that still has to happen. */
export interface PendingDelivery {
  readonly ruleArn: string;
  readonly target: RuleTarget;
  /** What the target gets: text, JSON unless the target's input says otherwise. */
  readonly payload: string;
  /** The event itself; for event bus targets, and for the names of executions. */
  readonly event: CloudEvent;
  /** How many buses the event has passed. */
  readonly hops: number;
}

/** The local EventBridge. */
export interface EventsService extends EventSink {
  /** Puts an event of an AWS service on the default bus. What it must reach is on disk when this returns. */
  publish(event: CloudEvent): void;
  /** Tests only: each delivery happens this often. Starts as MLOPS_LOCAL_DUPLICATE_EVENTS, else 1. */
  duplicateDeliveries: number;
  /** Resolves when every accepted event has reached its targets or was given up. */
  drained(): Promise<void>;
}
