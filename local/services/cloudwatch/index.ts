import type { Cloud } from "../../kernel/cloud.ts";
import { type AlarmWorld, evaluateAlarms } from "./alarm-evaluator.ts";
import { alarmOperations } from "./alarm-operations.ts";
import { dashboardOperations } from "./dashboard-operations.ts";
import { metricOperations } from "./metric-operations.ts";
import { MetricStore } from "./metric-store.ts";
import type { CloudwatchService } from "./types.ts";

const EVALUATION_MILLIS = 2_000;

/** Metrics, alarms that evaluate every two seconds, dashboards. */
export function createCloudwatch(cloud: Cloud): CloudwatchService {
  const store = new MetricStore(cloud);
  const world: AlarmWorld = {
    cloud,
    store,
    alarms: cloud.table("cloudwatch", "alarms"),
    history: { table: cloud.table("cloudwatch", "alarm-history"), now: () => cloud.now() },
  };
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  return {
    id: "cloudwatch",
    operations: { ...metricOperations(cloud, store), ...alarmOperations(world), ...dashboardOperations(cloud) },
    async start() {
      timer = setInterval(() => {
        // A slow action must not let evaluations pile up.
        running ??= evaluateAlarms(world).finally(() => {
          running = undefined;
        });
      }, EVALUATION_MILLIS).unref();
    },
    async stop() {
      clearInterval(timer);
      await running;
    },
  };
}
