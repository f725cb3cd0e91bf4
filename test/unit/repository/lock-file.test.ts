import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

interface LockEntry {
  readonly version?: string;
  readonly resolved?: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const lock = JSON.parse(readFileSync(new URL("../../../package-lock.json", import.meta.url), "utf8")) as {
  packages: Record<string, LockEntry>;
};

describe("package-lock.json", () => {
  it("names no registry, so that everybody installs from their own", () => {
    expect(Object.entries(lock.packages).filter(([, entry]) => entry.resolved !== undefined)).toEqual([]);
  });

  it("holds the optional packages of every platform (mend it with: npm run lock)", () => {
    const missing = Object.entries(lock.packages).flatMap(([place, entry]) =>
      Object.entries(entry.optionalDependencies ?? {})
        .filter(([, version]) => /^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))
        .map(([name]) => name)
        .filter(
          (name) => !(`${place}/node_modules/${name}` in lock.packages) && !(`node_modules/${name}` in lock.packages),
        ),
    );
    expect(missing).toEqual([]);
  });
});
