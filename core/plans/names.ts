/** Name of the CloudFormation stack of a stage. */
export const stackName = (stage: string): string => `mlops-${stage}`;
/** Name of a model's endpoint. */
export const endpointName = (stage: string, model: string): string => `${stage}-${model}`;
/** Name of a candidate's SageMaker model. */
export const sagemakerModelName = (stage: string, model: string, runId: string): string => `${stage}-${model}-${runId}`;
/** Name of a run's training job. */
export const trainingJobName = (stage: string, model: string, runId: string): string =>
  `${stage}-${model}-${runId}-train`;
/** Name of a run's transform job: the challenger's or the champion's. */
export const transformJobName = (
  stage: string,
  model: string,
  runId: string,
  role: "challenger" | "champion",
): string => `${stage}-${model}-${runId}-${role === "challenger" ? "transform" : "baseline"}`;
/** Name of a delivery's endpoint config. */
export const endpointConfigName = (stage: string, model: string, deliveryId: string): string =>
  `${stage}-${model}-${deliveryId}`;
/** Name of an execution of the training or the delivery machine. */
export const executionName = (model: string, id: string): string => `${model}-${id}`;

/** Part numbers sort as text. */
const fiveDigits = (index: number): string => String(index).padStart(5, "0");

/** Keys in the data bucket; see docs/contract.md for the layout. */
export const dataKeys = {
  incomingPrefix: (model: string) => `${model}/incoming/`,
  batchPrefix: (model: string, batchId: string) => `${model}/batches/${batchId}/`,
  batchPart: (model: string, batchId: string, side: "train" | "validation" | "test", index = 0) =>
    side === "test"
      ? `${model}/batches/${batchId}/test/${batchId}-${fiveDigits(index)}.jsonl`
      : `${model}/batches/${batchId}/${side}/part-${fiveDigits(index)}.csv`,
  /** Work of the ingest machine on a large file, gone when it ends: the plan, and one document of each kind for each range. */
  rangePlan: (model: string, batchId: string) => `${model}/batches/${batchId}/ranges/plan.json`,
  rangeWork: (model: string, batchId: string, kind: "scan" | "task" | "partial", index: number) =>
    `${model}/batches/${batchId}/ranges/${kind}-${fiveDigits(index)}.json`,
  batchProfile: (model: string, batchId: string) => `${model}/batches/${batchId}/profile.json`,
  batchKeys: (model: string, batchId: string) => `${model}/batches/${batchId}/keys.json`,
  batchReport: (model: string, batchId: string) => `${model}/batches/${batchId}/report.json`,
  batchReportPage: (model: string, batchId: string) => `${model}/batches/${batchId}/report.html`,
  batchManifest: (model: string, batchId: string) => `${model}/batches/${batchId}/manifest.json`,
  datasetManifest: (model: string, datasetId: string) => `${model}/datasets/${datasetId}/manifest.json`,
  datasetProfile: (model: string, datasetId: string) => `${model}/datasets/${datasetId}/profile.json`,
  channelManifest: (model: string, datasetId: string, channel: "train" | "validation" | "test") =>
    `${model}/datasets/${datasetId}/channels/${channel}.manifest`,
  quarantinedFile: (model: string, batchId: string, fileName: string) => `${model}/quarantine/${batchId}/${fileName}`,
  quarantineReport: (model: string, batchId: string) => `${model}/quarantine/${batchId}/report.json`,
  quarantineReportPage: (model: string, batchId: string) => `${model}/quarantine/${batchId}/report.html`,
  transformPrefix: (model: string, runId: string, role: "challenger" | "champion") =>
    `${model}/runs/${runId}/transform/${role}/`,
  predictionReference: (model: string, runId: string) => `${model}/runs/${runId}/prediction-reference.json`,
  smokeRows: (model: string, runId: string) => `${model}/runs/${runId}/smoke-rows.json`,
  capturePrefix: (model: string, deliveryId: string) => `${model}/capture/${deliveryId}`,
  gateReport: (model: string, runId: string) => `${model}/reports/gate/${runId}.json`,
  driftReport: (model: string, checkedAt: Date) =>
    `${model}/reports/drift/${checkedAt.toISOString().slice(0, 19).replaceAll(":", "-")}Z.json`,
  monitorState: (model: string) => `${model}/monitor/state.json`,
} as const;

/** `s3://bucket/key` */
export const s3Uri = (bucket: string, key: string): string => `s3://${bucket}/${key}`;

/** Bucket and key of an S3 URI; null when it is none. */
export function parseS3Uri(uri: string): { bucket: string; key: string } | null {
  const match = /^s3:\/\/([^/]+)\/(.*)$/s.exec(uri);
  return match === null ? null : { bucket: match[1] ?? "", key: match[2] ?? "" };
}
