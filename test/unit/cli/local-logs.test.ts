import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { localLogs } from "../../../cli/local/control.ts";
import { CloudLog } from "../../../local/kernel/cloud-log.ts";

let state: string;
let log: CloudLog;
let shown: string[];

beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), "mlops-logs-"));
  log = new CloudLog(join(state, "cloud.log"));
  shown = [];
  vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    shown.push(String(text));
    return true;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(state, { recursive: true, force: true });
});

function say(service: string, message: string): void {
  log.append({ time: "2026-01-01T00:00:00.000Z", service, message });
  log.flush();
}

const messages = () => shown.map((line) => (JSON.parse(line) as { message: string }).message);

describe("mlops local logs", () => {
  it("shows what the cloud has written, also after its end", async () => {
    say("s3", "one");
    say("lambda", "two");
    await localLogs({ state, follow: false });
    expect(messages()).toEqual(["one", "two"]);
  });

  it("shows the lines of one service", async () => {
    say("s3", "one");
    say("lambda", "two");
    await localLogs({ state, service: "lambda", follow: false });
    expect(messages()).toEqual(["two"]);
  });

  it("goes on with what comes when it follows", async () => {
    say("s3", "one");
    const end = new Error("the person has seen enough");
    vi.spyOn(process.stdout, "write").mockImplementation((text) => {
      shown.push(String(text));
      if (shown.length === 2) throw end;
      return true;
    });
    const following = localLogs({ state, follow: true });
    setTimeout(() => say("s3", "later"), 20);
    await expect(following).rejects.toBe(end);
    expect(messages()).toEqual(["one", "later"]);
  });

  it("says that no cloud has run on the state", async () => {
    const empty = join(state, "empty");
    await expect(localLogs({ state: empty, follow: false })).rejects.toThrow(/no local cloud has run/);
  });
});
