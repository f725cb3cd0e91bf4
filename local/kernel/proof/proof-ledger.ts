import { AwsError } from "../aws-error.ts";
import type { Cloud } from "../cloud.ts";
import type { ServiceCall } from "../intercept-call.ts";
import { loadModel } from "../model.ts";
import { checkOutput, type ShapeProblem } from "./check-shape.ts";
import { isExplained } from "./explained.ts";
import { checkEvent, type PublishedEvent } from "./published-events.ts";

/** Something that AWS would refuse (a request) or would never send (a response, an event). */
export interface Finding {
  readonly kind: "request" | "response" | "event";
  /** `sagemaker:DescribeEndpoint`, or an event's detail-type. */
  readonly subject: string;
  readonly problem: string;
  /** How often it was seen. */
  readonly count: number;
}

/** What a cloud in proof mode has checked so far. */
export interface ProofSummary {
  /** Requests of clients and roles that AWS's models accept; calls between services do not count. */
  readonly requests: number;
  /** Distinct operations among them, such as `s3:PutObject`, with how often each was called. */
  readonly operations: Readonly<Record<string, number>>;
  readonly responses: number;
  readonly events: Readonly<Record<string, number>>;
  readonly findings: readonly Finding[];
}

const SEPARATOR = "\u0000";

/** Counts what was checked against AWS's models and keeps what did not fit. */
export class ProofLedger {
  readonly #loud: boolean;
  #requests = 0;
  #responses = 0;
  readonly #operations = new Map<string, number>();
  readonly #events = new Map<string, number>();
  readonly #findings = new Map<string, number>();

  /** @param loud an answer or event that AWS would not send fails its call; else it is only kept */
  constructor(loud = true) {
    this.#loud = loud;
  }

  /** A request that passed the validation of its input. */
  request({ service, operation, context }: ServiceCall): void {
    if (context.principal.arn === "service") return;
    this.#requests += 1;
    increase(this.#operations, `${service}:${operation}`);
  }

  /** A request that the model's constraints refuse. */
  refusedRequest(service: string, operation: string, message: string): void {
    this.#note("request", `${service}:${operation}`, message);
  }

  /** Checks an answer. Throws AwsError when AWS would not send it, so that nobody is fed a wrong shape. */
  response({ service, operation }: ServiceCall, output: object): void {
    this.#responses += 1;
    const problems = checkOutput(loadModel(service), operation, output);
    this.#refuse("response", `${service}:${operation}`, problems);
  }

  /** Checks an event of an AWS service. Throws AwsError when AWS would not send it. */
  event(event: PublishedEvent): void {
    increase(this.#events, event.detailType);
    this.#refuse("event", event.detailType, checkEvent(event));
  }

  summary(): ProofSummary {
    return {
      requests: this.#requests,
      operations: sorted(this.#operations),
      responses: this.#responses,
      events: sorted(this.#events),
      findings: [...this.#findings].map(([key, count]) => {
        const [kind, subject = "", problem = ""] = key.split(SEPARATOR);
        return { kind: kind as Finding["kind"], subject, problem, count };
      }),
    };
  }

  #refuse(kind: "response" | "event", subject: string, problems: readonly ShapeProblem[]): void {
    // The position in a list makes no other finding.
    const texts = problems.map(({ path, problem }) => `${path.replace(/\[\d+\]/g, "[]")}: ${problem}`);
    const unexplained = [...new Set(texts)].filter((text) => !isExplained(subject, text));
    for (const text of unexplained) this.#note(kind, subject, text);
    if (unexplained.length === 0 || !this.#loud) return;
    throw new AwsError(
      "InternalFailure",
      500,
      `AWS would not send this ${kind} of ${subject}: ${unexplained.join("; ")}`,
    );
  }

  #note(kind: Finding["kind"], subject: string, problem: string): void {
    increase(this.#findings, [kind, subject, problem].join(SEPARATOR));
  }
}

const ledgers = new WeakMap<Cloud, ProofLedger | null>();

/** The ledger of a cloud that runs in proof mode (MLOPS_LOCAL_PROOF is `1`, or `report` to fail nothing), else undefined. */
export function proofOf(cloud: Cloud): ProofLedger | undefined {
  let ledger = ledgers.get(cloud);
  if (ledger === undefined) {
    const mode = process.env["MLOPS_LOCAL_PROOF"];
    ledger = mode === "1" || mode === "report" ? new ProofLedger(mode === "1") : null;
    ledgers.set(cloud, ledger);
  }
  return ledger ?? undefined;
}

function increase(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function sorted(counts: ReadonlyMap<string, number>): Record<string, number> {
  return Object.fromEntries([...counts].sort(([left], [right]) => (left < right ? -1 : 1)));
}
