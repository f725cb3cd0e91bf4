import type { BatchRule } from "../batch-facts.ts";
import { compareProfiles, movedBins } from "../compare-profiles.ts";
import { wholeReason } from "../reason.ts";

/** From this multiple of the threshold on people are told at once. */
const SEVERE_MULTIPLE = 10;

/** A feature is distributed otherwise than in the batches before: proven, and large enough to matter. */
export const batchDrift: BatchRule = ({ profile }, { profile: earlier }, { data }) => {
  const { psi } = data.rules["batch-drift"];
  if (earlier === null) return [];
  return compareProfiles(profile.features, earlier.features)
    .filter(({ isProven, debiasedPsi }) => isProven && debiasedPsi >= psi)
    .sort((a, b) => b.debiasedPsi - a.debiasedPsi)
    .map((comparison) => {
      const { feature, debiasedPsi, aspect } = comparison;
      const what = aspect === undefined ? "values" : aspect === "word" ? "words" : "lengths of the texts";
      const message = `the ${what} are distributed otherwise than in the batches before (PSI ${debiasedPsi.toPrecision(2)}): ${movedBins(comparison)}; check units and source, and whether this change is real`;
      return {
        ...wholeReason("batch-drift", message, feature),
        count: profile.rows,
        severe: debiasedPsi >= psi * SEVERE_MULTIPLE,
      };
    });
};
