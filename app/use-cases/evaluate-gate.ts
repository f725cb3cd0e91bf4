import { createHash } from "node:crypto";
import type { Profile } from "../../core/data/profile.ts";
import { MlopsError } from "../../core/errors/mlops-error.ts";
import { decideGate, type GateDecision, type GateReport } from "../../core/gate/index.ts";
import { modelClasses } from "../../core/plans/columns.ts";
import type { DatasetManifest } from "../../core/plans/dataset-plan.ts";
import { dataKeys, parseS3Uri } from "../../core/plans/names.ts";
import type { Verdict } from "../../core/registry/types.ts";
import type { Factory } from "../factory.ts";
import { readJson, writeJson } from "../support/json.ts";
import { requireDefinition } from "../support/require.ts";
import { collectChallenger, collectScores } from "./collect-predictions.ts";

/** What the gate looks at. Prefixes are S3 URIs of joined batch-transform output. */
export interface GateRequest {
  readonly model: string;
  readonly runId: string;
  readonly datasetId: string;
  readonly championVersion: number | null;
  readonly modelDataUrl: string;
  readonly trainingJobName: string;
  readonly transforms: { readonly challenger: string; readonly champion: string | null };
}

/** The gate's answer as it travels through the state machine. */
export interface GateAnswer {
  readonly verdict: Verdict;
  readonly reportKey: string;
  readonly artifactSha256: string;
  readonly summary: string;
}

/**
 * Reads what challenger and champion predicted for the same held-out rows, decides, and writes the report, the reference
 * distribution of the predictions (for drift) and a few rows with their predictions (for smoke tests). Repeatable.
 *
 * @throws MlopsError `gate.invalid-predictions` when rows are missing or doubled, `training.artifact-invalid` without an artifact
 */
export async function evaluateGate(factory: Factory, request: GateRequest): Promise<GateAnswer> {
  const { model, runId, datasetId } = request;
  const bucket = factory.settings.dataBucket;
  const { definition } = await requireDefinition(factory, model);
  const manifest = await readJson<DatasetManifest>(factory, {
    bucket,
    key: dataKeys.datasetManifest(model, datasetId),
  });
  const profile = await readJson<Profile>(factory, { bucket, key: manifest.profileKey });
  const classes = modelClasses(
    definition,
    profile.target.type === "multiclass" ? Object.keys(profile.target.levels) : [],
  );
  const shape = { problem: definition.problem, classes: classes ?? [], rows: manifest.rows.test };
  const challenger = await collectChallenger(factory, request.transforms.challenger, shape, definition.gate.slices);
  const champion =
    request.transforms.champion === null
      ? null
      : await collectScores(factory, request.transforms.champion, shape, challenger.rowOf);
  const decision = decideGate({
    gate: definition.gate,
    problem: definition.problem,
    ...(classes !== null && { classes }),
    rows: {
      labels: challenger.labels,
      challenger: challenger.scores,
      champion,
      slices: challenger.slices,
    },
  });
  const artifactSha256 = await hashArtifact(factory, request.modelDataUrl);
  const report: GateReport = {
    schemaVersion: 1,
    model,
    runId,
    datasetId,
    artifactSha256,
    championVersion: request.championVersion,
    ...decision,
    decidedAt: factory.clock.now().toISOString(),
  };
  const reportKey = dataKeys.gateReport(model, runId);
  await writeJson(factory, { bucket, key: dataKeys.predictionReference(model, runId) }, challenger.reference);
  await writeJson(factory, { bucket, key: dataKeys.smokeRows(model, runId) }, challenger.smokeRows);
  await writeJson(factory, { bucket, key: reportKey }, report);
  return { verdict: decision.verdict, reportKey, artifactSha256, summary: summarize(decision) };
}

/**
 * SHA-256 of a model artifact, streamed.
 *
 * @throws MlopsError `training.artifact-invalid` when it is not there
 */
export async function hashArtifact(factory: Pick<Factory, "objects">, modelDataUrl: string): Promise<string> {
  const location = parseS3Uri(modelDataUrl);
  const found = location === null ? null : await factory.objects.read(location);
  if (found === null) throw new MlopsError("training.artifact-invalid", `there is no artifact at ${modelDataUrl}`);
  const hash = createHash("sha256");
  for await (const chunk of found.body) hash.update(chunk);
  return hash.digest("hex");
}

/** Longest summary: it travels through state machine and registry. */
const MAX_SUMMARY_CHARACTERS = 600;

/** The reasons that decided, in one line. */
function summarize(decision: GateDecision): string {
  const deciding = decision.reasons.filter((reason) => decision.verdict === "passed" || !reason.ok);
  const text = deciding.map((reason) => reason.message).join("; ");
  return text.length <= MAX_SUMMARY_CHARACTERS ? text : `${text.slice(0, MAX_SUMMARY_CHARACTERS - 3)}...`;
}
