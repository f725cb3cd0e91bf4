import { getOwn, setOwn } from "../own.ts";
import type { AttributeValue, Item } from "../types.ts";
import { type Path, showPath } from "./ast.ts";
import { ExpressionError } from "./tokenizer.ts";

/** The value at a path of an item, or undefined. */
export function readPath(item: Item, path: Path): AttributeValue | undefined {
  let value = getOwn(item, String(path[0]));
  for (let index = 1; index < path.length && value !== undefined; index += 1) value = child(value, path[index]);
  return value;
}

function child(value: AttributeValue, part: string | number | undefined): AttributeValue | undefined {
  if (typeof part === "number") return value.L?.[part];
  return part === undefined || value.M === undefined ? undefined : getOwn(value.M, part);
}

/** Says that a path leads through what is no map or list. */
export class InvalidPathError extends Error {
  override readonly name = "InvalidPathError";
}

/** The item with a value set at a path; everything else is shared. An index behind the end of a list appends. Throws {@link InvalidPathError}. */
export function withPathSet(item: Item, path: Path, value: AttributeValue): Item {
  return changeAt({ M: item }, path, 0, value).M ?? {};
}

/** The item without what is at a path. Throws {@link InvalidPathError} when the path's parent does not exist. */
export function withPathRemoved(item: Item, path: Path): Item {
  return changeAt({ M: item }, path, 0, undefined).M ?? {};
}

function changeAt(
  parent: AttributeValue,
  path: Path,
  depth: number,
  value: AttributeValue | undefined,
): AttributeValue {
  const part = path[depth];
  const isLast = depth === path.length - 1;
  if (typeof part === "number") {
    if (parent.L === undefined) throw new InvalidPathError();
    const list = [...parent.L];
    if (isLast && value === undefined) list.splice(part, 1);
    else if (isLast && value !== undefined) list[Math.min(part, list.length)] = value;
    else list[part] = changeAt(existing(list[part]), path, depth + 1, value);
    return { L: list };
  }
  if (parent.M === undefined || part === undefined) throw new InvalidPathError();
  const map = { ...parent.M };
  if (!isLast) setOwn(map, part, changeAt(existing(getOwn(map, part)), path, depth + 1, value));
  else if (value === undefined) delete map[part];
  else setOwn(map, part, value);
  return { M: map };
}

function existing(value: AttributeValue | undefined): AttributeValue {
  if (value === undefined) throw new InvalidPathError();
  return value;
}

/** The parts of an item that the paths lead to; elements of lists move up to the beginning, in order. */
export function project(item: Item, paths: readonly Path[]): Item {
  return projectMap(item, paths, 0);
}

function projectMap(map: Item, paths: readonly Path[], depth: number): Item {
  const result: Item = {};
  for (const [part, below] of groupByPart(paths, depth)) {
    const value = typeof part === "string" ? getOwn(map, part) : undefined;
    const projected = value === undefined ? undefined : projectValue(value, below, depth + 1);
    if (projected !== undefined) setOwn(result, String(part), projected);
  }
  return result;
}

function projectValue(value: AttributeValue, paths: readonly Path[], depth: number): AttributeValue | undefined {
  if (paths.some((path) => path.length === depth)) return value;
  if (value.M !== undefined) {
    const map = projectMap(value.M, paths, depth);
    return Object.keys(map).length === 0 ? undefined : { M: map };
  }
  const list = value.L;
  if (list === undefined) return undefined;
  const elements = [...groupByPart(paths, depth)]
    .filter((entry): entry is [number, Path[]] => typeof entry[0] === "number")
    .sort(([a], [b]) => a - b)
    .flatMap(([index, below]) => {
      const element = list[index];
      const projected = element === undefined ? undefined : projectValue(element, below, depth + 1);
      return projected === undefined ? [] : [projected];
    });
  return elements.length === 0 ? undefined : { L: elements };
}

function groupByPart(paths: readonly Path[], depth: number): Map<string | number, Path[]> {
  const groups = new Map<string | number, Path[]>();
  for (const path of paths) {
    const part = path[depth];
    if (part === undefined) continue;
    const group = groups.get(part) ?? [];
    groups.set(part, group);
    group.push(path);
  }
  return groups;
}

/** Refuses paths of which one contains another, or which take the same place for a map and a list. Throws ExpressionError. */
export function checkPathsDisjoint(paths: readonly Path[]): void {
  for (let second = 1; second < paths.length; second += 1) {
    for (let first = 0; first < second; first += 1) {
      const problem = relation(paths[first] ?? [], paths[second] ?? []);
      if (problem === undefined) continue;
      throw new ExpressionError(
        `Two document paths ${problem} with each other; must remove or rewrite one of these paths; path one: ${showPath(paths[first] ?? [])}, path two: ${showPath(paths[second] ?? [])}`,
      );
    }
  }
}

function relation(a: Path, b: Path): "overlap" | "conflict" | undefined {
  for (let index = 0; index < Math.min(a.length, b.length); index += 1) {
    if (typeof a[index] !== typeof b[index]) return "conflict";
    if (a[index] !== b[index]) return undefined;
  }
  return "overlap";
}
