/**
 * Calls a managed endpoint with named raw fields and sends the true label later.
 *
 * Usage: npx tsx examples/typescript/client.ts <model> <data bucket> [stage]
 */
import { randomUUID } from "node:crypto";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { InvokeEndpointCommand, ModelError, SageMakerRuntimeClient } from "@aws-sdk/client-sagemaker-runtime";

const [model = "birdstrike-damage", dataBucket = "", stage = "dev"] = process.argv.slice(2);
const runtime = new SageMakerRuntimeClient({ maxAttempts: 3 });
// Path style only matters for endpoints other than AWS's own.
const s3 = new S3Client({ forcePathStyle: Boolean(process.env["AWS_ENDPOINT_URL"]) });

interface Answer {
  readonly predictions: ReadonlyArray<{ readonly probability: number; readonly label: string }>;
  readonly variant: string;
  readonly inferenceId: string;
}

/** Asks for predictions; the inference id makes it possible to send the true label later. */
async function predict(instances: object[]): Promise<Answer> {
  const inferenceId = randomUUID();
  const answer = await runtime.send(
    new InvokeEndpointCommand({
      EndpointName: `${stage}-${model}`,
      ContentType: "application/json",
      Accept: "application/json",
      Body: JSON.stringify({ instances }),
      InferenceId: inferenceId,
    }),
  );
  const { predictions } = JSON.parse(new TextDecoder().decode(answer.Body)) as Pick<Answer, "predictions">;
  return { predictions, variant: answer.InvokedProductionVariant ?? "?", inferenceId };
}

/** Sends what really happened, in the format of SageMaker Model Monitor's ground truth. */
async function sendLabel(inferenceId: string, label: string): Promise<string> {
  const day = new Date().toISOString().slice(0, 10).replaceAll("-", "/");
  const key = `${model}/labels/${day}/${inferenceId}.jsonl`;
  const line = {
    groundTruthData: { data: label, encoding: "CSV" },
    eventMetadata: { eventId: inferenceId },
    eventVersion: "0",
  };
  await s3.send(new PutObjectCommand({ Bucket: dataBucket, Key: key, Body: `${JSON.stringify(line)}\n` }));
  return key;
}

const { predictions, variant, inferenceId } = await predict([
  { "Speed IAS in knots": 300, "Phase of flight": "Climb", "Wildlife Size": "Large" },
  { "Speed IAS in knots": 90, "Phase of flight": "Taxi", "Wildlife Size": "Small" },
]);
for (const prediction of predictions) {
  console.log(`${variant}: damage ${(prediction.probability * 100).toFixed(1)} % (${prediction.label})`);
}

try {
  await predict([{ "Speed IAS in knots": "fast" }]);
} catch (error) {
  if (!(error instanceof ModelError)) throw error;
  // The first line of OriginalMessage is the model's own answer: {"error": {"field": ..., "message": ...}}
  const [answer = "{}"] = (error.OriginalMessage ?? "{}").split("\n");
  console.log(`refused with ${error.OriginalStatusCode}: ${JSON.parse(answer).error.message}`);
}

if (dataBucket !== "") console.log(`label sent: ${await sendLabel(inferenceId, "0")}`);
