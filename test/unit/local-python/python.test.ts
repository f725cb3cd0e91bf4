import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { withDirectoryLock } from "../../../local/python/directory-lock.ts";
import { findPython, type ProbePython } from "../../../local/python/find-python.ts";

/** Answers of interpreters by name. */
function probing(found: Readonly<Record<string, { version: string; venv: boolean } | "broken">>): ProbePython {
  return (name) => {
    const answer = found[name];
    if (answer === undefined) return Promise.resolve(undefined);
    if (answer === "broken") return Promise.resolve({ exitCode: 1, stdout: "", stderr: "dyld: missing library" });
    return Promise.resolve({ exitCode: 0, stdout: JSON.stringify(answer), stderr: "" });
  };
}

describe("finding Python", () => {
  it("takes the first fitting interpreter on the path", async () => {
    const probe = probing({
      python3: { version: "3.9.1", venv: true },
      "python3.12": { version: "3.12.4", venv: true },
    });
    expect(await findPython({}, probe)).toEqual({ path: "python3.12", version: "3.12.4" });
  });

  it("takes the one that MLOPS_PYTHON names and no other", async () => {
    const probe = probing({ python3: { version: "3.11.2", venv: true }, mine: { version: "3.10.0", venv: true } });
    expect((await findPython({ MLOPS_PYTHON: "mine" }, probe)).path).toBe("mine");
    await expect(findPython({ MLOPS_PYTHON: "other" }, probe)).rejects.toMatchObject({ code: "python.not-found" });
  });

  it.each([
    [{}, "python.not-found", /No Python 3 was found/],
    [
      { python3: { version: "3.9.1", venv: true } },
      "python.unsupported-version",
      /python3 is Python 3\.9\.1; 3\.10 to 3\.13 are supported/,
    ],
    [{ python3: { version: "3.14.0", venv: true } }, "python.unsupported-version", /3\.14\.0/],
    [{ python3: { version: "3.11.2", venv: false } }, "python.no-venv", /lacks the modules venv and ensurepip/],
    [{ python3: "broken" }, "python.unsupported-version", /does not run: dyld/],
  ] as const)("says what is wrong with %j", async (found, code, message) => {
    const problem = findPython({}, probing(found));
    await expect(problem).rejects.toMatchObject({ code });
    await expect(problem).rejects.toThrow(message);
    await expect(problem).rejects.toThrow(/install/i);
  });
});

describe("the lock of an installation", () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "mlops-lock-"));
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  it("lets one work at a time", async () => {
    let inside = 0;
    const work = async (): Promise<void> => {
      inside += 1;
      expect(inside).toBe(1);
      await new Promise((resolve) => setTimeout(resolve, 20));
      inside -= 1;
    };
    const path = join(directory, "x.lock");
    await Promise.all([1, 2, 3].map(() => withDirectoryLock(path, { timeoutMillis: 10_000 }, work)));
  });

  it("is released when the work fails, and gives up in time", async () => {
    const path = join(directory, "x.lock");
    const failing = withDirectoryLock(path, { timeoutMillis: 1_000 }, () => Promise.reject(new Error("no")));
    await expect(failing).rejects.toThrow("no");
    await withDirectoryLock(path, { timeoutMillis: 1_000 }, async () => {
      const second = withDirectoryLock(path, { timeoutMillis: 10 }, () => Promise.resolve());
      await expect(second).rejects.toMatchObject({ code: "ELOCKED" });
    });
  });

  it("is taken over from a process that has ended", async () => {
    const { mkdirSync, writeFileSync } = await import("node:fs");
    const path = join(directory, "x.lock");
    mkdirSync(path);
    // No process has this id: it is above the largest that Linux and macOS give.
    writeFileSync(join(path, "pid"), "2147483646");
    expect(await withDirectoryLock(path, { timeoutMillis: 5_000 }, () => Promise.resolve("done"))).toBe("done");
  });
});
