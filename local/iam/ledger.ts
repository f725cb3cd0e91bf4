import type { Match } from "./evaluate.ts";

/** One kind of call that was allowed, by exactly these statements. */
export interface AllowedCall {
  /** Name of the role, or of the service. */
  readonly subject: string;
  readonly service: string;
  readonly operation: string;
  readonly action: string;
  /** The resource of the first such call. */
  readonly resource: string;
  readonly matches: readonly Match[];
  times: number;
}

/** A call that AWS would refuse. */
export interface DeniedCall {
  readonly subject: string;
  readonly service: string;
  readonly operation: string;
  readonly action: string;
  readonly resource: string;
  readonly message: string;
  times: number;
}

/** A call that cannot be judged: its permissions are not known, or a policy is not understood. */
export interface Finding {
  readonly subject: string;
  readonly service: string;
  readonly operation: string;
  readonly reason: string;
  times: number;
}

/** No more kinds of refusals and findings are kept than this; their number still counts. */
const MAX_KEPT = 1_000;

/** What was asked of the policies since the cloud started, one entry a kind of call. */
export class Ledger {
  checked = 0;
  deniedTimes = 0;
  readonly #allowed = new Map<string, AllowedCall>();
  readonly #denied = new Map<string, DeniedCall>();
  readonly #findings = new Map<string, Finding>();

  allow(call: Omit<AllowedCall, "times">): void {
    this.checked += 1;
    let id = `${call.subject} ${call.operation} ${call.action}`;
    for (const match of call.matches) id += ` ${match.policy} ${match.statement} ${match.action} ${match.resource}`;
    const known = this.#allowed.get(id);
    if (known === undefined) this.#allowed.set(id, { ...call, times: 1 });
    else known.times += 1;
  }

  deny(call: Omit<DeniedCall, "times">): void {
    this.checked += 1;
    this.deniedTimes += 1;
    count(this.#denied, `${call.subject} ${call.action} ${call.resource}`, call);
  }

  find(finding: Omit<Finding, "times">): void {
    count(this.#findings, `${finding.subject} ${finding.service} ${finding.operation} ${finding.reason}`, finding);
  }

  allowed(): readonly AllowedCall[] {
    return [...this.#allowed.values()];
  }

  denied(): readonly DeniedCall[] {
    return [...this.#denied.values()];
  }

  findings(): readonly Finding[] {
    return [...this.#findings.values()];
  }
}

function count<T extends { times: number }>(entries: Map<string, T>, id: string, entry: Omit<T, "times">): void {
  const known = entries.get(id);
  if (known !== undefined) known.times += 1;
  else if (entries.size < MAX_KEPT) entries.set(id, { ...entry, times: 1 } as T);
}
