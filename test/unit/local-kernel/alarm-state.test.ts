import { describe, expect, it } from "vitest";
import { decideState } from "../../../local/services/cloudwatch/alarm-state.ts";
import type { AlarmStateValue } from "../../../local/services/cloudwatch/types.ts";

/** `X` breaches, `0` does not, `-` is missing, as in AWS's documentation. */
const pointsOf = (text: string) => [...text].map((one) => (one === "X" ? 1 : one === "0" ? 0 : undefined));
const decide = (text: string, treatMissingData: string, datapointsToAlarm: number, current: AlarmStateValue = "OK") =>
  decideState({
    points: pointsOf(text),
    threshold: 0,
    comparison: "GreaterThanThreshold",
    datapointsToAlarm,
    treatMissingData,
    current,
  });

describe("decideState", () => {
  // https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
  it.each([
    ["---", 3, { missing: "INSUFFICIENT_DATA", ignore: "OK", breaching: "ALARM", notBreaching: "OK" }],
    ["XXX", 3, { missing: "ALARM", ignore: "ALARM", breaching: "ALARM", notBreaching: "ALARM" }],
    ["0XX", 3, { missing: "OK", ignore: "OK", breaching: "OK", notBreaching: "OK" }],
    ["X--", 3, { missing: "ALARM", ignore: "OK", breaching: "ALARM", notBreaching: "OK" }],
    ["--X", 3, { missing: "OK", ignore: "OK", breaching: "ALARM", notBreaching: "OK" }],
    ["--0", 3, { missing: "OK", ignore: "OK", breaching: "OK", notBreaching: "OK" }],
    ["0X-X0", 2, { missing: "ALARM", ignore: "ALARM", breaching: "ALARM", notBreaching: "ALARM" }],
    ["0---X", 2, { missing: "OK", ignore: "OK", breaching: "ALARM", notBreaching: "OK" }],
  ])("%s with %i datapoints to alarm", (text, datapoints, expected) => {
    for (const [treatment, state] of Object.entries(expected)) {
      expect([treatment, decide(text, treatment, datapoints)]).toEqual([treatment, state]);
    }
  });

  it("keeps an alarm ringing while data is missing, when told to ignore it", () => {
    expect(decide("---", "ignore", 3, "ALARM")).toBe("ALARM");
  });
});
