import { createLogBayesFactor } from "./bayes-factor.ts";
import type { WindowCounts } from "./windows.ts";

/** A window with its Bayes factor. */
export interface WindowEvidence extends WindowCounts {
  readonly logBayesFactor: number;
}

/** Evidence of one feature over all its windows. */
export interface FeatureEvidence {
  readonly windows: readonly WindowEvidence[];
  /** Logarithm of the feature's e-value. */
  readonly logEValue: number;
}

/**
 * Evidence of a feature against "nothing drifts", good at any number of looks.
 *
 * Each window's Bayes factor is a martingale from the moment the window opens. Their weighted sum (weights add up to at
 * most 1 over all windows of a year; a forgotten window only takes away) is therefore an e-process: without drift it
 * ever reaches 1 / alpha within the year with a chance of at most alpha. A sliding window judged on its own has no such
 * promise, as it gets a new chance every day. The price is modest: a recent window needs a log Bayes factor that is
 * log(732) = 6.6 larger.
 * Sources: Howard et al. 2021, https://doi.org/10.1214/20-AOS1991; Shin, Ramdas & Rinaldo 2024 (e-detectors),
 * https://doi.org/10.51387/23-NEJSDS51
 */
export function featureEvidence(
  reference: readonly number[],
  windows: readonly WindowCounts[],
  minimumRows: number,
): FeatureEvidence {
  const logBayesFactor = createLogBayesFactor(reference);
  const tested = windows
    .filter(({ rows }) => rows >= minimumRows)
    .map((window) => ({ ...window, logBayesFactor: logBayesFactor(window.counts) }));
  const weighted = tested.map((window) => window.logWeight + window.logBayesFactor);
  const largest = Math.max(...weighted);
  if (tested.length === 0) return { windows: [], logEValue: Number.NEGATIVE_INFINITY };
  const logEValue = largest + Math.log(weighted.reduce((sum, value) => sum + Math.exp(value - largest), 0));
  return { windows: tested, logEValue };
}

/**
 * Windows that carry the proof: those whose own weighted evidence reaches the threshold. The sum may reach it although
 * no single window does; then the strongest window stands for all.
 */
export function provenWindows(evidence: FeatureEvidence, logThreshold: number): WindowEvidence[] {
  const strength = (window: WindowEvidence): number => window.logWeight + window.logBayesFactor;
  const proven = evidence.windows.filter((window) => strength(window) >= logThreshold);
  if (proven.length > 0) return proven;
  return evidence.windows.toSorted((a, b) => strength(b) - strength(a)).slice(0, 1);
}
