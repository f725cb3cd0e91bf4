/** How bad: `info` = nothing to do, `warning` = look at it today, `critical` = now. */
export type Severity = "info" | "warning" | "critical";

/** A message to people: what happened, the evidence, and what to type. */
export interface Alert {
  readonly kind: string;
  readonly severity: Severity;
  readonly stage: string;
  readonly model: string;
  readonly title: string;
  /** What happened, in sentences. */
  readonly what: string;
  /** Facts that a person can check, one a line. */
  readonly evidence: readonly string[];
  /** Commands that help, most useful first. */
  readonly commands: readonly string[];
}

/** SNS refuses longer subjects (https://docs.aws.amazon.com/sns/latest/api/API_Publish.html). */
const MAX_SUBJECT_CHARACTERS = 100;

/** Subject line: stage, model and title in printable ASCII, at most 100 characters. */
export function alertSubject(alert: Alert): string {
  const subject = `[${alert.stage}] ${alert.model}: ${alert.title}`.replaceAll(/[^\x20-\x7e]+/g, " ").trim();
  return subject.length <= MAX_SUBJECT_CHARACTERS ? subject : `${subject.slice(0, MAX_SUBJECT_CHARACTERS - 3)}...`;
}

/** The message as text for people. */
export function alertText(alert: Alert): string {
  const parts = [`${alert.title}\n`, `${alert.what}\n`];
  if (alert.evidence.length > 0) parts.push(`Evidence:\n${alert.evidence.map((line) => `  - ${line}`).join("\n")}\n`);
  if (alert.commands.length > 0) {
    parts.push(`What to type:\n${alert.commands.map((line) => `  ${line}`).join("\n")}\n`);
  }
  return parts.join("\n");
}

/** Attributes for programs that filter subscriptions; all are strings. */
export function alertAttributes(alert: Alert): Readonly<Record<string, string>> {
  return { kind: alert.kind, severity: alert.severity, stage: alert.stage, model: alert.model };
}
