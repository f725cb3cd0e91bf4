import { readFileSync } from "node:fs";
import { InvokeEndpointCommand } from "@aws-sdk/client-sagemaker-runtime";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createRandom } from "../../core/statistics/random.ts";
import { type DeployedFactory, deployFactory, putAndWait, settle } from "./support/factory.ts";
import { modelsDirectory } from "./support/tabular.ts";

/** Columns as scikit-learn names them, with spaces; the target is text. */
const CANCER = `schemaVersion: 1
name: breast-cancer
description: Is the tumour malignant?
owner: tests
problem: binary-classification
data:
  format: csv
  target: { column: diagnosis, positive: [malignant], negative: [benign] }
  features:
    mean radius: { type: number }
    mean texture: { type: number }
    mean smoothness: { type: number }
    worst concave points: { type: number }
training:
  recipe: xgboost
  hyperparameters: { max_depth: 3, eta: 0.2, num_round: 50 }
  instance: { type: ml.m5.large }
gate: { metric: auc, floors: { auc: 0.9 }, minimumRows: 50 }
endpoint: { instance: { type: ml.m5.large } }
retraining: { on: [data] }
`;

const DIAMONDS = `schemaVersion: 1
name: diamonds
description: What does a stone sell for?
owner: tests
problem: regression
data:
  format: csv
  target: { column: "Preis (€)" }
  features:
    carat: { type: number, min: 0, max: 10 }
    "Schliff, Güte": { type: category, maxLevels: 10 }
    note: { type: category, maxLevels: 10 }
training:
  recipe: xgboost
  hyperparameters: { max_depth: 4, eta: 0.2, num_round: 60 }
  instance: { type: ml.m5.large }
gate: { metric: rmse, floors: { rmse: 600 } }
endpoint: { instance: { type: ml.m5.large } }
retraining: { on: [data] }
`;

/** Times by day, month and year, and a free text: what neither numbers nor categories can say. */
const TICKETS = `schemaVersion: 1
name: tickets
description: Will a ticket be escalated?
owner: tests
problem: binary-classification
data:
  format: csv
  target: { column: escalated, positive: [ja], negative: [nein] }
  key: [id]
  time: opened
  features:
    opened: { type: timestamp, format: "%d.%m.%Y %H:%M", parts: [hour, weekday] }
    "what, in words": { type: text, maxLength: 500, buckets: 64 }
training:
  recipe: xgboost
  hyperparameters: { max_depth: 4, eta: 0.3, num_round: 30 }
  instance: { type: ml.m5.large }
gate: { metric: auc, floors: { auc: 0.9 } }
endpoint: { instance: { type: ml.m5.large } }
retraining: { on: [data] }
`;

/** At night and when the text speaks of fire a ticket is escalated; line breaks, quotes and commas are in the texts. */
function ticketsCsv(rows: number): string {
  const random = createRandom(11);
  const words = ["printer", "Tür, links", "jammed", '"urgent"', "cable\r\nloose", "düster", "noise", "late"];
  const two = (n: number) => String(n).padStart(2, "0");
  const lines = ['id,opened,"what, in words",escalated'];
  for (let index = 0; index < rows; index += 1) {
    const hour = random.integer(24);
    const said = Array.from({ length: 4 }, () => words[random.integer(words.length)] ?? "");
    const burns = random.uniform() < 0.25;
    if (burns) said.splice(random.integer(4), 0, random.uniform() < 0.5 ? "FIRE!" : "fire");
    const escalated = burns || hour >= 22 || hour < 4;
    const opened = `${two(1 + random.integer(28))}.${two(1 + random.integer(12))}.2001 ${two(hour)}:${two(random.integer(60))}`;
    lines.push(`${index},${opened},"${said.join(" ").replaceAll('"', '""')}",${escalated ? "ja" : "nein"}`);
  }
  return `${lines.join("\r\n")}\r\n`;
}

/** Quoted commas, doubled quotes, line breaks in fields, CRLF, UTF-8 names. */
function diamondsCsv(rows: number): string {
  const random = createRandom(7);
  const cuts = ["sehr gut, fast ideal", "ideal", 'gut "plus"'];
  const notes = ["", "mit\r\nZertifikat", "钻石"];
  const quote = (text: string) => `"${text.replaceAll('"', '""')}"`;
  const lines = ['carat,"Schliff, Güte",note,Preis (€)'];
  for (let index = 0; index < rows; index += 1) {
    const carat = 0.2 + random.uniform() * 2;
    const cut = random.integer(3);
    const price = 3000 * carat + 400 * cut + random.normal() * 100;
    lines.push(
      `${carat.toFixed(2)},${quote(cuts[cut] ?? "")},${quote(notes[random.integer(3)] ?? "")},${price.toFixed(0)}`,
    );
  }
  return `${lines.join("\r\n")}\r\n`;
}

const breastCancerCsv = () => readFileSync(new URL("../fixtures/data/breast-cancer.csv", import.meta.url), "utf8");

let factory: DeployedFactory;
beforeAll(async () => {
  factory = await deployFactory({
    models: modelsDirectory({ "breast-cancer": CANCER, diamonds: DIAMONDS, tickets: TICKETS }),
  });
});
afterAll(() => factory?.stop());

async function predict(model: string, contentType: string, body: string, accept = "application/json"): Promise<string> {
  const answer = await factory.session.runtime.send(
    new InvokeEndpointCommand({ EndpointName: `dev-${model}`, ContentType: contentType, Accept: accept, Body: body }),
  );
  return new TextDecoder().decode(answer.Body);
}

describe("data that nobody here wrote, with a definition and no code", () => {
  it("trains and serves scikit-learn's breast cancer data", async () => {
    const batch = await putAndWait(factory.session, "breast-cancer", "cancer.csv", breastCancerCsv());
    expect(batch.rules).toEqual([]);
    const [run] = await settle(factory.session, "breast-cancer", 1);
    expect(run).toMatchObject({ outcome: "succeeded", version: 1 });
    const version = await factory.session.registry.getVersion("breast-cancer", 1);
    expect(version?.verdict, version?.summary).toBe("passed");
    expect(version?.metrics["auc"]).toBeGreaterThan(0.93);
    const answer = JSON.parse(
      await predict(
        "breast-cancer",
        "application/json",
        JSON.stringify({ instances: [{ "mean radius": 25, "mean texture": 30, "worst concave points": 0.25 }] }),
      ),
    );
    expect(answer.predictions[0].label).toBe("malignant");
    expect(answer.predictions[0].probability).toBeGreaterThan(0.8);
  });

  it("trains and serves a regression with categories, quoted commas, line breaks, CRLF and UTF-8 names", async () => {
    const batch = await putAndWait(factory.session, "diamonds", "größe, neu.csv", diamondsCsv(3000));
    expect(batch.rules).toEqual([]);
    expect(batch.rows?.total).toBe(3000);
    await settle(factory.session, "diamonds", 1);
    const version = await factory.session.registry.getVersion("diamonds", 1);
    expect(version?.verdict, version?.summary).toBe("passed");
    expect(version?.metrics["rmse"]).toBeLessThan(250);
    const body = `1.5,"sehr gut, fast ideal","mit\r\nZertifikat"\r\n0.5,ideal,钻石\r\n`;
    const [first, second] = (await predict("diamonds", "text/csv", body, "text/csv")).trim().split("\n").map(Number);
    expect(first).toBeGreaterThan(4000);
    expect(second).toBeLessThan(2600);
  });

  it("trains and serves times in a declared format and free text, and names a field that is no time", async () => {
    const batch = await putAndWait(factory.session, "tickets", "tickets.csv", ticketsCsv(2000));
    expect(batch.rules).toEqual([]);
    expect(batch.timeRange?.from).toMatch(/^2001-01-0\dT\d\d:\d\d:00Z$/);
    await settle(factory.session, "tickets", 1);
    const version = await factory.session.registry.getVersion("tickets", 1);
    expect(version?.verdict, version?.summary).toBe("passed");
    expect(version?.metrics["auc"]).toBeGreaterThan(0.99);
    const ask = async (opened: unknown, text: string) => {
      const body = JSON.stringify({ instances: [{ opened, "what, in words": text }] });
      return JSON.parse(await predict("tickets", "application/json", body)).predictions[0].label;
    };
    expect(await ask("05.03.2001 12:00", "the printer makes a noise")).toBe("nein");
    expect(await ask("05.03.2001 12:00", "There is FIRE in the printer")).toBe("ja");
    expect(await ask("05.03.2001 23:30", "the printer makes a noise")).toBe("ja");
    expect(await ask("2001-03-05T23:30:00Z", "the printer makes a noise")).toBe("ja");
    const refusal = await ask("3/25/2001 12:00", "x").catch((error: unknown) => error);
    expect(refusal).toMatchObject({ name: "ModelError", OriginalStatusCode: 400 });
    const [answer = ""] = String((refusal as { OriginalMessage?: string }).OriginalMessage).split("\n");
    expect(JSON.parse(answer)).toEqual({
      error: {
        code: "invalid-request",
        row: 1,
        field: "opened",
        message: 'got "3/25/2001 12:00", expected a time in the format %d.%m.%Y %H:%M or in ISO 8601 or null',
      },
    });
  });
});
