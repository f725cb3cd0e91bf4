"""Calls a managed endpoint with named raw fields and sends the true label later.

Usage: python examples/python/client.py <model> <data bucket> [stage]
"""

import datetime
import json
import sys
import uuid

import boto3
from botocore.exceptions import ClientError

MODEL = sys.argv[1] if len(sys.argv) > 1 else "birdstrike-damage"
DATA_BUCKET = sys.argv[2] if len(sys.argv) > 2 else ""
STAGE = sys.argv[3] if len(sys.argv) > 3 else "dev"

runtime = boto3.client("sagemaker-runtime")
s3 = boto3.client("s3")


def predict(instances: list[dict]) -> tuple[list[dict], str, str]:
    """Returns the predictions, the variant that answered, and the id to send the true label by."""
    inference_id = str(uuid.uuid4())
    answer = runtime.invoke_endpoint(
        EndpointName=f"{STAGE}-{MODEL}",
        ContentType="application/json",
        Accept="application/json",
        Body=json.dumps({"instances": instances}),
        InferenceId=inference_id,
    )
    predictions = json.load(answer["Body"])["predictions"]
    return predictions, answer["InvokedProductionVariant"], inference_id


def send_label(inference_id: str, label: str) -> str:
    """Sends what really happened, in the format of SageMaker Model Monitor's ground truth."""
    day = datetime.datetime.now(datetime.timezone.utc).strftime("%Y/%m/%d")
    key = f"{MODEL}/labels/{day}/{inference_id}.jsonl"
    line = {
        "groundTruthData": {"data": label, "encoding": "CSV"},
        "eventMetadata": {"eventId": inference_id},
        "eventVersion": "0",
    }
    s3.put_object(Bucket=DATA_BUCKET, Key=key, Body=json.dumps(line) + "\n")
    return key


def main() -> None:
    predictions, variant, inference_id = predict(
        [
            {"Speed IAS in knots": 300, "Phase of flight": "Climb", "Wildlife Size": "Large"},
            {"Speed IAS in knots": 90, "Phase of flight": "Taxi", "Wildlife Size": "Small"},
        ]
    )
    for prediction in predictions:
        print(f"{variant}: damage {prediction['probability']:.1%} ({prediction['label']})")

    try:
        predict([{"Speed IAS in knots": "fast"}])
    except ClientError as error:
        if error.response["Error"]["Code"] != "ModelError":
            raise
        # The first line of OriginalMessage is the model's own answer: {"error": {"field": ..., "message": ...}}
        reason = json.loads(error.response["OriginalMessage"].splitlines()[0])["error"]["message"]
        print(f"refused with {error.response['OriginalStatusCode']}: {reason}")

    if DATA_BUCKET:
        print(f"label sent: {send_label(inference_id, '0')}")


if __name__ == "__main__":
    main()
