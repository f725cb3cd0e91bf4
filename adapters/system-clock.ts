import { setTimeout as delay } from "node:timers/promises";
import type { Clock } from "../app/ports/clock.ts";

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => new Date(),
  sleep: async (millis) => {
    await delay(millis);
  },
};
