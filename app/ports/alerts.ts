import type { Alert } from "../../core/alerts/alert.ts";

/** Tells people. */
export interface Alerts {
  publish(alert: Alert): Promise<void>;
}
