import { describe, expect, it } from "vitest";
import { AwsError } from "../../../local/kernel/aws-error.ts";
import { loadModel } from "../../../local/kernel/model.ts";
import { queryProtocol } from "../../../local/kernel/protocol-query.ts";
import type { WireRequest } from "../../../local/kernel/wire.ts";

const request = (form: string): WireRequest => ({
  method: "POST",
  path: "/",
  query: new URLSearchParams(),
  headers: {},
  body: Buffer.from(form, "utf8"),
});

describe("queryProtocol", () => {
  it("reads lists, maps, flattened lists and scalars", () => {
    expect(
      queryProtocol.parse(
        loadModel("sns"),
        request(
          "Action=Publish&Version=2010-03-31&TopicArn=t&Message=hello+%C3%A9&MessageAttributes.entry.1.Name=a&MessageAttributes.entry.1.Value.DataType=String&MessageAttributes.entry.1.Value.StringValue=x",
        ),
      ),
    ).toEqual({
      operation: "Publish",
      input: { TopicArn: "t", Message: "hello é", MessageAttributes: { a: { DataType: "String", StringValue: "x" } } },
    });
    const alarm = queryProtocol.parse(
      loadModel("cloudwatch"),
      request(
        "Action=PutMetricAlarm&AlarmName=a&ActionsEnabled=true&EvaluationPeriods=2&Dimensions.member.1.Name=n&Dimensions.member.1.Value=v&Threshold=1.5",
      ),
    );
    expect(alarm.input).toEqual({
      AlarmName: "a",
      ActionsEnabled: true,
      EvaluationPeriods: 2,
      Dimensions: [{ Name: "n", Value: "v" }],
      Threshold: 1.5,
    });
  });

  it("keeps list members in the order of their numbers, also beyond nine", () => {
    const form = Array.from({ length: 12 }, (_, index) => `AlarmNames.member.${12 - index}=a${12 - index}`).join("&");
    const { input } = queryProtocol.parse(loadModel("cloudwatch"), request(`Action=DeleteAlarms&${form}`));
    expect(input["AlarmNames"]).toEqual(Array.from({ length: 12 }, (_, index) => `a${index + 1}`));
  });

  it("writes results and errors as XML", () => {
    const response = queryProtocol.serialize(
      loadModel("sns"),
      "ListTopics",
      { Topics: [{ TopicArn: "a&b<c>" }] },
      "id-1",
      (path) => expect.fail(path),
    );
    expect(response.body).toBe(
      '<ListTopicsResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><ListTopicsResult><Topics><member><TopicArn>a&#38;b&#60;c&#62;</TopicArn></member></Topics></ListTopicsResult><ResponseMetadata><RequestId>id-1</RequestId></ResponseMetadata></ListTopicsResponse>',
    );
    const error = new AwsError("NotFoundException", 404, "Topic does not exist");
    expect(queryProtocol.serializeError(loadModel("sns"), error, "id-2")).toMatchObject({
      status: 404,
      body: expect.stringContaining("<Type>Sender</Type><Code>NotFound</Code><Message>Topic does not exist</Message>"),
    });
  });
});
