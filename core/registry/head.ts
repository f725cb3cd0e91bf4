import type { Head } from "./types.ts";

/** The head of a model that nothing has happened to yet (revision 0: not stored). */
export function emptyHead(model: string): Head {
  return {
    model,
    revision: 0,
    lastVersion: 0,
    champion: null,
    previousChampion: null,
    challenger: null,
    endpoint: null,
    desired: null,
    trainingLease: null,
    trainingFence: 0,
    trainingPending: null,
    deliveryLease: null,
    deliveryFence: 0,
    lastTrainingAt: null,
    runsByDay: { day: "", count: 0 },
    spendByMonth: { month: "", usd: 0 },
    championSince: null,
  };
}

/** UTC day `yyyy-mm-dd`. */
export function dayOf(now: Date): string {
  return now.toISOString().slice(0, 10);
}

/** UTC month `yyyy-mm`. */
export function monthOf(now: Date): string {
  return now.toISOString().slice(0, 7);
}

/** Training runs that were started on the day of `now`. */
export function runsToday(head: Head, now: Date): number {
  return head.runsByDay.day === dayOf(now) ? head.runsByDay.count : 0;
}

/** Money that training took in the month of `now`, in US dollars. */
export function spendThisMonthUsd(head: Head, now: Date): number {
  return head.spendByMonth.month === monthOf(now) ? head.spendByMonth.usd : 0;
}
