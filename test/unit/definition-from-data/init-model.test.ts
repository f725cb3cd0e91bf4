import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { createIngest } from "../../../core/data/ingest.ts";
import type { ModelDefinition } from "../../../core/definition/schema.ts";
import { createRandom } from "../../../core/statistics/random.ts";
import { vegaDataFile } from "../../../models/vega-data.ts";
import { initModel } from "./support.ts";

function verdict(definition: ModelDefinition, file: string | Uint8Array): string[] {
  const ingest = createIngest(definition, { batchId: "b" });
  ingest.write(typeof file === "string" ? new TextEncoder().encode(file) : file);
  return ingest.end().reasons.map(({ rule, column, message }) => `${rule} ${column ?? ""}: ${message}`);
}

const breastCancer = () => readFileSync(new URL("../../fixtures/data/breast-cancer.csv", import.meta.url));

/** Rows from a function of the row number, as CSV. */
function csv(header: string, rows: number, row: (index: number) => string): string {
  return `${[header, ...Array.from({ length: rows }, (_, index) => row(index))].join("\n")}\n`;
}

describe("a definition from data", () => {
  it("finds in the bird strikes what a person has written down by hand", () => {
    const file = readFileSync(vegaDataFile("birdstrikes.csv"));
    const { definition } = initModel(file);
    expect(definition.problem).toBe("binary-classification");
    expect(definition.data.target).toMatchObject({
      column: "Effect Amount of damage",
      positive: ["B", "C", "Medium", "Minor", "Substantial"],
      negative: ["None"],
    });
    expect(definition.data.time).toBe("Flight Date");
    expect(definition.data.ignore).toEqual(["Cost Other", "Cost Repair", "Cost Total $"]);
    expect(definition.data.features["Speed IAS in knots"]).toMatchObject({ type: "number", min: 0, integer: true });
    expect(definition.data.features["Phase of flight"]).toMatchObject({ type: "category" });
    expect(verdict(definition, file)).toEqual([]);
  });

  it("takes the columns of the breast cancer data as features, however well each predicts", () => {
    const { definition } = initModel(breastCancer());
    expect(definition.data.target).toMatchObject({
      column: "diagnosis",
      positive: ["malignant"],
      negative: ["benign"],
    });
    expect(Object.keys(definition.data.features)).toContain("worst concave points");
    expect(definition.data.ignore).toEqual([]);
    expect(definition.gate.minimumRows).toBeLessThan(100);
    expect(verdict(definition, breastCancer())).toEqual([]);
  });

  it("sees that a delay in minutes is the answer to whether a flight was delayed", () => {
    const flights = JSON.parse(readFileSync(vegaDataFile("flights-2k.json"), "utf8")) as Record<string, unknown>[];
    const file = `${flights
      .map((flight, index) => JSON.stringify({ flight_id: index, ...flight, delayed: Number(flight["delay"]) > 15 }))
      .join("\n")}\n`;
    const { definition, proposal, text } = initModel(file);
    expect(definition.data).toMatchObject({ format: "jsonl", key: ["flight_id"], ignore: ["delay"] });
    expect(definition.data).toMatchObject({ time: "date", timeFormat: "%Y/%m/%d %H:%M" });
    expect(definition.data.target).toMatchObject({ column: "delayed", positive: ["true"], negative: ["false"] });
    expect(proposal.ignore.find(({ column }) => column === "delay")?.why).toContain("alone tells the outcome");
    expect(text).toMatch(/time: date {2}# %Y\/%m\/%d %H:%M fits every row: "2001\/.*" fits no other order;/);
    expect(verdict(definition, file)).toEqual([]);
  });

  it("makes a regression of a price, with names that need quotes and another delimiter", () => {
    const random = createRandom(3);
    const file = csv('id;carat;"Schliff; Güte";Preis (€)', 600, (index) => {
      const carat = 0.2 + random.uniform() * 2;
      return `${1000 + index};${carat.toFixed(2)};"gut; ""plus"""; ${(3000 * carat + random.normal() * 100).toFixed(2)}`;
    }).replaceAll('"gut; ""plus"""; ', () => `${["ideal", '"gut; ""plus"""', "fair"][random.integer(3)]};`);
    const { definition } = initModel(file, { target: "Preis (€)" });
    expect(definition.problem).toBe("regression");
    expect(definition.data).toMatchObject({ delimiter: ";", key: ["id"] });
    expect(definition.data.features["Schliff; Güte"]).toMatchObject({ type: "category" });
    expect(definition.data.features["carat"]).toMatchObject({ type: "number", min: 0 });
    expect(definition.gate.metric).toBe("rmse");
    expect(verdict(definition, file)).toEqual([]);
  });

  it("tells numbers from codes, identifiers, constants, texts and times", () => {
    const random = createRandom(5);
    const file = csv("zip,customer_id,uuid,amount,answer,version,when,note,flag,empty,churned", 1500, (index) =>
      [
        `0${1000 + random.integer(40)}`,
        random.integer(300),
        `u-${index}-${random.integer(1e9)}`,
        index % 9 === 0 ? "?" : (random.uniform() * 100 - 20).toFixed(1),
        ["x", "y"][random.integer(2)],
        "v1",
        `2024-01-${String(1 + (index % 28)).padStart(2, "0")}T10:00:00Z`,
        `words ${index} ${"and more of them ".repeat(8)}`,
        random.integer(2),
        "",
        random.uniform() < 0.2 ? "yes" : "no",
      ].join(","),
    );
    const { definition, proposal } = initModel(file);
    expect(definition.data.target).toMatchObject({ column: "churned", positive: ["yes"], negative: ["no"] });
    expect(definition.data.features["zip"]).toMatchObject({ type: "category" });
    expect(definition.data.features["flag"]).toMatchObject({ type: "boolean" });
    expect(definition.data.features["answer"]).toMatchObject({ type: "category", levels: ["x", "y"] });
    const amount = definition.data.features["amount"];
    expect(amount).toMatchObject({ type: "number" });
    expect(amount?.type === "number" && (amount.min ?? 0) < -20 && (amount.max ?? 0) > 80).toBe(true);
    expect(definition.data.missing).toContain("?");
    expect(definition.data.key).toEqual(["customer_id"]);
    expect(definition.data.time).toBe("when");
    expect(proposal.ignore.map(({ column }) => column).sort()).toEqual(["empty", "uuid", "version"]);
    expect(definition.data.features["note"]).toMatchObject({ type: "text", maxLength: 1_000 });
    expect(verdict(definition, file)).toEqual([]);
  });

  it("finds times in any notation, and decides the order of day and month by the data", () => {
    const random = createRandom(6);
    const two = (n: number) => String(n).padStart(2, "0");
    const file = csv("sure,sorted,unsure,short,named,created_at,sent_ts,mixed,churned", 1500, (index) => {
      const day = new Date(Date.UTC(2001, 0, 1 + Math.floor(index / 5)));
      const [d, m] = [day.getUTCDate(), day.getUTCMonth() + 1];
      return [
        `${1 + (index % 12)}/${13 + (index % 15)}/2001 ${1 + (index % 12)}:05 PM`,
        // Days beyond the twelfth are left out, so that only the order of the rows tells.
        `${two(Math.min(12, d))}.${two(m)}.2001`,
        `${two(1 + random.integer(12))}-${two(1 + random.integer(12))}-2001`,
        `${1 + (index % 28)}/${1 + (index % 12)}/${two(index % 100)}`,
        `${1 + (index % 28)} ${["Jan", "Feb", "Mar"][index % 3]} 2001`,
        String(1_000_000_000 + index * 977),
        String((1_000_000_000 + index * 977) * 1_000),
        index % 2 === 0 ? "1/2/2001" : "2001/2/1",
        random.uniform() < 0.2 ? "yes" : "no",
      ].join(",");
    });
    const { definition, text } = initModel(file);
    const format = (name: string) => {
      const feature = definition.data.features[name];
      return feature?.type === "timestamp" ? feature.format : feature;
    };
    expect(definition.data).toMatchObject({ time: "created_at", timeFormat: "epoch-seconds", ignore: ["mixed"] });
    expect(format("sure")).toBe("%m/%d/%Y %I:%M %p");
    expect(format("sorted")).toBe("%d.%m.%Y");
    expect(["%d-%m-%Y", "%m-%d-%Y"]).toContain(format("unsure"));
    expect(format("short")).toBe("%d/%m/%y");
    expect(format("named")).toBe("%d %b %Y");
    expect(format("sent_ts")).toBe("epoch-milliseconds");
    expect(text).toMatch(/sure: .*# %m\/%d\/%Y %I:%M %p fits every row: "1\/13\/2001 1:05 PM" fits no other order/);
    expect(text).toMatch(
      /sorted: .*# GUESSED: %d\.%m\.%Y and %m\.%d\.%Y both fit every row; by it \d+ % of the values/,
    );
    expect(text).toMatch(/unsure: .*# GUESSED/);
    expect(text).toMatch(/- mixed {2}# dates such as "1\/2\/2001" in no single format/);
    expect(verdict(definition, file)).toEqual([]);
  });

  it("says so when nothing tells day from month", () => {
    const file = csv("size,on,label", 600, (index) => `${index % 90},01/01/2001,${index % 3 === 0 ? "yes" : "no"}`);
    const same = file.replace("0,01/01/2001", "0,02/02/2001");
    const { text } = initModel(same);
    expect(text).toMatch(/GUESSED: %d\/%m\/%Y and %m\/%d\/%Y both fit every row; nothing in the data tells which/);
  });

  it("finds features that are missing exactly for one outcome, or copy the target", () => {
    const random = createRandom(9);
    const file = csv("size,copy,reason,label", 800, () => {
      const label = random.uniform() < 0.4 ? "bad" : "good";
      return [random.integer(100), label, label === "bad" ? ["a", "b", "c"][random.integer(3)] : "", label].join(",");
    });
    const { proposal } = initModel(file);
    expect(proposal.ignore).toEqual([
      { column: "copy", why: expect.stringContaining("is the same as the target") },
      { column: "reason", why: expect.stringContaining("missing exactly for some outcomes") },
    ]);
    expect(proposal.features.map(({ name }) => name)).toEqual(["size"]);
  });

  it("does not depend on where chunks end", () => {
    const whole = initModel(breastCancer()).text;
    for (const chunkBytes of [1, 977, 65_536]) expect(initModel(breastCancer(), { chunkBytes }).text).toBe(whole);
  });

  it("says what is wrong with a file or a wish that no definition can be made of", () => {
    expect(() => initModel("a,b\n")).toThrow("no data rows");
    expect(() => initModel('[{"a":1},{"a":2}]')).toThrow("JSON array");
    expect(() => initModel(new Uint8Array([0x1f, 0x8b, 8, 0, ...new Array(80).fill(200)]))).toThrow(/gzip/);
    expect(() => initModel("a,a\n1,2\n")).toThrow('names "a" twice');
    expect(() => initModel("size,label\n1,x\n2,y\n", { target: "lable" })).toThrow('did you mean "label"');
    expect(() => initModel("size,label\n1,x\n2,x\n", { target: "label" })).toThrow("the same value in all rows");
  });

  it("warns of rows that ingest would refuse", () => {
    const file = `${csv("size,colour,label", 900, (index) => `${index % 70},${["r", "g"][index % 2]},${index % 31 === 0 ? "" : index % 3 === 0 ? "yes" : "no"}`)}1,2\n`;
    const { proposal, text } = initModel(file);
    expect(proposal.warnings).toEqual([
      expect.stringContaining("1 rows could not be read"),
      expect.stringContaining('have no value of "label"'),
    ]);
    expect(text).toContain("# MIND: 1 rows could not be read");
  });
});
