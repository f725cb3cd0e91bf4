/** What `npm run demo -- --json FILE` writes; a stable interface. */
export interface DemoReport {
  ok: boolean;
  seconds: number;
  model: string;
  endpoint: string;
  champion: number | null;
  versions: Array<{
    version: number;
    status: string;
    metrics: Record<string, number>;
    verdict: string;
    summary: string;
  }>;
  predictions: Array<{ instance: object; prediction: object; variant: string | null }>;
  quarantined: Array<{
    key: string;
    reasons: Array<{ rule: string; column?: string; message: string; count?: number }>;
  }>;
  drift: Array<{
    period: string;
    alarmed: boolean;
    level: string;
    reason: string;
    features: Array<{ feature: string; level: string; debiasedPsi: number; logBayesFactor: number }>;
    retraining: { started: boolean; reason: string } | null;
  }>;
  traffic: {
    challengerVersion: number | null;
    answersByVariant: Record<string, number>;
    afterRemoval: Record<string, number>;
  };
  alerts: Array<{ subject: string; at: string }>;
  timings: Record<string, number>;
  error?: string;
}

/** A report of a demo that has not begun. */
export function emptyReport(model: string): DemoReport {
  return {
    ok: false,
    seconds: 0,
    model,
    endpoint: `dev-${model}`,
    champion: null,
    versions: [],
    predictions: [],
    quarantined: [],
    drift: [],
    traffic: { challengerVersion: null, answersByVariant: {}, afterRemoval: {} },
    alerts: [],
    timings: {},
  };
}
