import type { Cloud } from "../../kernel/cloud.ts";
import { invalid } from "./errors.ts";

const POLL_MILLIS = 1_000;

interface AlarmState {
  readonly AlarmName?: string;
  readonly StateValue?: string;
}

async function describeAlarms(cloud: Cloud, names: readonly string[]): Promise<AlarmState[]> {
  const output = (await cloud.call("cloudwatch", "DescribeAlarms", {
    AlarmNames: [...names],
    AlarmTypes: ["MetricAlarm", "CompositeAlarm"],
  })) as { MetricAlarms?: AlarmState[]; CompositeAlarms?: AlarmState[] };
  return [...(output.MetricAlarms ?? []), ...(output.CompositeAlarms ?? [])];
}

/** Refuses names of alarms that do not exist. Throws ValidationException. */
export async function requireAlarms(cloud: Cloud, names: readonly string[]): Promise<void> {
  if (names.length === 0) return;
  const found = new Set((await describeAlarms(cloud, names)).map(({ AlarmName }) => AlarmName));
  const missing = names.filter((name) => !found.has(name));
  if (missing.length > 0) throw invalid(`The following alarms do not exist: ${missing.join(", ")}.`);
}

/**
 * Waits, and watches alarms meanwhile. Gives the name of the first alarm in state ALARM, or `undefined` when the time
 * passed quietly. Checks at least once.
 */
export async function watchAlarms(
  cloud: Cloud,
  names: readonly string[],
  waitMillis: number,
  signal: AbortSignal,
): Promise<string | undefined> {
  const deadline = cloud.now() + waitMillis;
  for (;;) {
    if (names.length > 0) {
      const firing = (await describeAlarms(cloud, names)).find(({ StateValue }) => StateValue === "ALARM");
      if (firing) return firing.AlarmName;
    }
    const rest = deadline - cloud.now();
    if (rest <= 0 || signal.aborted) return undefined;
    await delay(Math.min(rest, POLL_MILLIS), signal);
  }
}

function delay(millis: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, millis);
    signal.addEventListener("abort", done, { once: true });
  });
}
