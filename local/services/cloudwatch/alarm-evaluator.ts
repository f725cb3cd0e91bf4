import type { Cloud } from "../../kernel/cloud.ts";
import type { DurableMap } from "../../kernel/durable-map.ts";
import { announce } from "./alarm-actions.ts";
import { alarmQueries, type HistoryWriter, recordHistory } from "./alarm-record.ts";
import { decideState } from "./alarm-state.ts";
import { QueryRun } from "./metric-queries.ts";
import type { MetricStore } from "./metric-store.ts";
import type { AlarmRecord, AlarmStateValue } from "./types.ts";

/** What alarms need to be evaluated. */
export interface AlarmWorld {
  readonly cloud: Cloud;
  readonly store: MetricStore;
  readonly alarms: DurableMap<AlarmRecord>;
  readonly history: HistoryWriter;
}

/** Evaluates every alarm once and announces what changed. */
export async function evaluateAlarms(world: AlarmWorld): Promise<void> {
  for (const alarm of [...world.alarms.values()]) {
    try {
      await evaluateAlarm(world, alarm);
    } catch (error) {
      // One alarm that cannot be evaluated must not stop the others.
      const reason = error instanceof Error ? error.message : String(error);
      world.cloud.log("cloudwatch", "alarm could not be evaluated", { alarm: alarm.configuration.AlarmName, reason });
    }
  }
}

/**
 * Looks at the last EvaluationPeriods periods, ending now, and sets the state. The periods slide with the clock: AWS
 * evaluates once a minute over whole minutes.
 */
async function evaluateAlarm(world: AlarmWorld, alarm: AlarmRecord): Promise<void> {
  const { configuration } = alarm;
  const queries = alarmQueries(configuration);
  const compared = queries.at(-1);
  if (!compared) return;
  const periods = configuration.EvaluationPeriods ?? 1;
  const endSecond = Math.floor(world.cloud.now() / 1_000) + 1;
  const starts = (lengthSeconds: number): number[] =>
    Array.from({ length: periods }, (_, index) => endSecond - (periods - index) * lengthSeconds);
  const run = new QueryRun(world.store, queries, (lengthSeconds) => ({ starts: starts(lengthSeconds), lengthSeconds }));
  const series = run.result(compared.Id);
  const points = starts(run.periodSeconds(compared.Id)).map((start) => series.get(start));
  const state = decideState({
    points,
    threshold: configuration.Threshold ?? 0,
    comparison: configuration.ComparisonOperator ?? "",
    datapointsToAlarm: configuration.DatapointsToAlarm ?? periods,
    treatMissingData: configuration.TreatMissingData ?? "missing",
    current: alarm.state,
  });
  if (state === alarm.state) return;
  await changeState(world, alarm, state, reasonOf(state, points, configuration.Threshold ?? 0), {
    version: "1.0",
    queryDate: new Date(world.cloud.now()).toISOString(),
    period: run.periodSeconds(compared.Id),
    recentDatapoints: points.filter((point) => point !== undefined),
    threshold: configuration.Threshold,
  });
}

/** Sets an alarm's state, writes its history, and announces the change. */
export async function changeState(
  world: AlarmWorld,
  alarm: AlarmRecord,
  state: AlarmStateValue,
  reason: string,
  reasonData: object,
): Promise<void> {
  const nowMillis = world.cloud.now();
  const name = alarm.configuration.AlarmName;
  const changed = world.alarms.set(name, {
    ...alarm,
    state,
    stateReason: reason,
    stateReasonData: JSON.stringify(reasonData),
    stateUpdatedMillis: nowMillis,
    stateTransitionedMillis: state === alarm.state ? alarm.stateTransitionedMillis : nowMillis,
  });
  if (state === alarm.state) return;
  recordHistory(world.history, name, "StateUpdate", `Alarm updated from ${alarm.state} to ${state}`, {
    oldState: { stateValue: alarm.state, stateReason: alarm.stateReason },
    newState: { stateValue: state, stateReason: reason },
  });
  await announce(world.cloud, world.history, changed, alarm);
}

function reasonOf(state: AlarmStateValue, points: readonly (number | undefined)[], threshold: number): string {
  const known = points.filter((point) => point !== undefined);
  if (state === "INSUFFICIENT_DATA" || known.length === 0) {
    return `Insufficient Data: ${points.length} datapoints were unknown.`;
  }
  const verb = state === "ALARM" ? "crossed" : "did not cross";
  const found = known.map((point) => String(point)).join(", ");
  return `Threshold Crossed: ${known.length} out of the last ${points.length} datapoints [${found}] ${verb} the threshold (${threshold}).`;
}
