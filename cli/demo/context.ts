import type { Progress } from "../support/progress.ts";
import type { Session } from "../support/session.ts";
import type { DemoReport } from "./report.ts";

/** What every step of the demo works with. */
export interface DemoContext {
  readonly model: string;
  readonly session: Session;
  readonly progress: Progress;
  readonly report: DemoReport;
}
