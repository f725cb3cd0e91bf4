import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { DeployError } from "./deploy-error.ts";
import type { Template } from "./template.ts";

/** One file or directory that the template refers to, and where it must lie. Bucket and key may hold `${AWS::...}`. */
export interface FileAsset {
  readonly id: string;
  /** Absolute path. */
  readonly path: string;
  readonly packaging: "file" | "zip";
  readonly destinations: readonly { readonly bucketName: string; readonly objectKey: string }[];
}

/** One stack of a cloud assembly. */
export interface StackAssembly {
  readonly stackName: string;
  readonly template: Template;
  readonly templateText: string;
  readonly assets: readonly FileAsset[];
  readonly tags: Readonly<Record<string, string>>;
  /** Values of template parameters that the assembly sets. */
  readonly parameters: Readonly<Record<string, string>>;
  /** SHA-256 of the template and the asset manifest: equal hashes deploy the same. */
  readonly hash: string;
}

interface Manifest {
  readonly artifacts?: Readonly<Record<string, Artifact>>;
}

interface Artifact {
  readonly type: string;
  readonly dependencies?: readonly string[];
  readonly properties?: {
    readonly templateFile?: string;
    readonly stackName?: string;
    readonly file?: string;
    readonly tags?: Readonly<Record<string, string>>;
    readonly parameters?: Readonly<Record<string, string>>;
  };
}

interface AssetManifest {
  readonly files?: Readonly<
    Record<
      string,
      {
        readonly source: { readonly path?: string; readonly packaging?: string; readonly executable?: unknown };
        readonly destinations: Readonly<Record<string, { readonly bucketName: string; readonly objectKey: string }>>;
      }
    >
  >;
  readonly dockerImages?: Readonly<Record<string, unknown>>;
}

/**
 * Reads a cloud assembly directory (`cdk.out`) with one stack, or the named one of several.
 * Throws DeployError when it is no assembly, when the stack is not in it, or when it needs Docker images.
 */
export function readAssembly(directory: string, stackName?: string): StackAssembly {
  const manifestPath = join(directory, "manifest.json");
  if (!existsSync(manifestPath)) {
    throw new DeployError(
      `${resolve(directory)} is not a CDK cloud assembly (no manifest.json); run 'cdk synth' first`,
    );
  }
  const { artifacts = {} } = readJson<Manifest>(manifestPath);
  const stacks = Object.entries(artifacts).filter(([, artifact]) => artifact.type === "aws:cloudformation:stack");
  const nameOf = ([id, artifact]: [string, Artifact]): string => artifact.properties?.stackName ?? id;
  const candidates = stackName === undefined ? stacks : stacks.filter((stack) => nameOf(stack) === stackName);
  const [found, ...others] = candidates;
  if (!found || others.length > 0) {
    const names = stacks.map(nameOf).join(", ") || "none";
    throw new DeployError(`${resolve(directory)} must hold exactly one stack to deploy; it holds: ${names}`);
  }
  const [, artifact] = found;
  const templateText = readFileSync(join(directory, artifact.properties?.templateFile ?? ""), "utf8");
  const manifests = (artifact.dependencies ?? [])
    .map((id) => artifacts[id])
    .filter((dependency) => dependency?.type === "cdk:asset-manifest")
    .map((dependency) => readJson<AssetManifest>(join(directory, dependency?.properties?.file ?? "")));
  const hash = createHash("sha256").update(templateText);
  for (const manifest of manifests) hash.update(JSON.stringify(manifest));
  return {
    stackName: nameOf(found),
    template: JSON.parse(templateText) as Template,
    templateText,
    assets: manifests.flatMap((manifest) => fileAssets(directory, manifest)),
    tags: artifact.properties?.tags ?? {},
    parameters: artifact.properties?.parameters ?? {},
    hash: hash.digest("hex"),
  };
}

function fileAssets(directory: string, manifest: AssetManifest): FileAsset[] {
  const images = Object.keys(manifest.dockerImages ?? {});
  if (images.length > 0) {
    throw new DeployError(`the assembly needs Docker images (${images.join(", ")}); the local cloud builds none`);
  }
  return Object.entries(manifest.files ?? {}).map(([id, file]) => {
    if (file.source.path === undefined) {
      throw new DeployError(`asset ${id} is produced by an executable; the local cloud publishes files only`);
    }
    return {
      id,
      path: resolve(directory, file.source.path),
      packaging: file.source.packaging === "zip" ? "zip" : "file",
      destinations: Object.values(file.destinations),
    };
  });
}

function readJson<T>(path: string): T {
  return JSON.parse(readFileSync(path, "utf8")) as T;
}
