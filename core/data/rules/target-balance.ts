import { type BatchRule, targetAsFeature } from "../batch-facts.ts";
import { compareProfiles, movedBins } from "../compare-profiles.ts";
import { wholeReason } from "../reason.ts";

/** From this multiple of the threshold on people are told at once. */
const SEVERE_MULTIPLE = 10;

/** The target is distributed otherwise than in the batches before: other shares of the classes, or other values. */
export const targetBalance: BatchRule = ({ profile }, { profile: earlier }, { data }) => {
  const { psi } = data.rules["target-balance"];
  if (earlier === null) return [];
  const { column } = data.target;
  const [comparison] = compareProfiles({ [column]: targetAsFeature(profile) }, { [column]: targetAsFeature(earlier) });
  if (comparison === undefined || !comparison.isProven || comparison.debiasedPsi < psi) return [];
  const { debiasedPsi } = comparison;
  const message = `the target is distributed otherwise than in the batches before (PSI ${debiasedPsi.toPrecision(2)}): ${movedBins(comparison)}; check how labels were collected, and whether the export is complete`;
  const severe = debiasedPsi >= psi * SEVERE_MULTIPLE;
  return [{ ...wholeReason("target-balance", message, column), count: profile.rows, severe }];
};
