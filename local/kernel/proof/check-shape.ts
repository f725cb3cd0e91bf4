import { type Constraint, constraintsOf } from "../constraints.ts";
import { type ServiceModel, type Shape, type ShapeReference, shapeOf } from "../model.ts";

/** One place where a value is not what AWS would send. */
export interface ShapeProblem {
  /** Member names from the top, such as `Endpoints[0].EndpointStatus`. */
  readonly path: string;
  readonly problem: string;
}

const constraintCache = new WeakMap<Shape, readonly Constraint[]>();

/** Everything in an operation's output that AWS's published model does not allow; empty when there is nothing. */
export function checkOutput(model: ServiceModel, operation: string, output: object): ShapeProblem[] {
  const shape = model.operations[operation]?.output;
  if (shape === undefined) {
    return Object.entries(output)
      .filter(([, value]) => value !== undefined)
      .map(([name]) => ({ path: name, problem: "the operation has no output" }));
  }
  return checkShape(model, { shape }, output, "");
}

/** Everything in a value that a shape does not allow. Dates are `Date`, blobs bytes or streams, absent members absent. */
export function checkShape(
  model: ServiceModel,
  reference: ShapeReference,
  value: unknown,
  path: string,
): ShapeProblem[] {
  const shape = shapeOf(model, reference.shape);
  const problem = typeProblem(shape, value);
  if (problem !== undefined) return [{ path, problem }];
  const problems: ShapeProblem[] = [];
  for (const constraint of constraintsFor(shape)) {
    if (!constraint.holds(value)) problems.push({ path, problem: `${constraint.text}, found ${brief(value)}` });
  }
  if (shape.type === "structure" && !shape.document) {
    problems.push(...structureProblems(model, shape, value as Record<string, unknown>, path));
  }
  if (shape.type === "list" && shape.member) {
    const { member } = shape;
    for (const [index, item] of (value as unknown[]).entries()) {
      problems.push(...checkShape(model, member, item, `${path}[${index}]`));
    }
  }
  if (shape.type === "map" && shape.key && shape.value) {
    for (const [key, item] of Object.entries(value as object)) {
      problems.push(...checkShape(model, shape.key, key, `${path}(key ${key})`));
      problems.push(...checkShape(model, shape.value, item, `${path}.${key}`));
    }
  }
  return problems;
}

function structureProblems(
  model: ServiceModel,
  shape: Shape,
  value: Record<string, unknown>,
  path: string,
): ShapeProblem[] {
  const problems: ShapeProblem[] = [];
  const at = (name: string): string => (path === "" ? name : `${path}.${name}`);
  const members = shape.members ?? {};
  let present = 0;
  for (const [name, item] of Object.entries(value)) {
    if (item === undefined || item === null) continue;
    const member = Object.hasOwn(members, name) ? members[name] : undefined;
    if (member === undefined) problems.push({ path: at(name), problem: "AWS's model has no such member" });
    else problems.push(...checkShape(model, member, item, at(name)));
    present += 1;
  }
  for (const name of shape.required ?? []) {
    if (value[name] === undefined || value[name] === null) problems.push({ path: at(name), problem: "is required" });
  }
  if (shape.union && present !== 1) problems.push({ path, problem: `a union has one member, found ${present}` });
  return problems;
}

function constraintsFor(shape: Shape): readonly Constraint[] {
  let constraints = constraintCache.get(shape);
  if (!constraints) {
    constraints = constraintsOf(shape);
    constraintCache.set(shape, constraints);
  }
  return constraints;
}

function typeProblem(shape: Shape, value: unknown): string | undefined {
  const ok = hasType(shape, value);
  return ok ? undefined : `must be a ${shape.type}, found ${brief(value)}`;
}

function hasType(shape: Shape, value: unknown): boolean {
  switch (shape.type) {
    case "structure":
      return shape.document === true || (typeof value === "object" && value !== null && !Array.isArray(value));
    case "map":
      return typeof value === "object" && value !== null && !Array.isArray(value);
    case "list":
      return Array.isArray(value);
    case "string":
    case "character":
      return typeof value === "string";
    case "boolean":
      return typeof value === "boolean";
    case "integer":
    case "long":
      return Number.isInteger(value);
    case "float":
    case "double":
      return typeof value === "number";
    case "timestamp":
      return value instanceof Date && !Number.isNaN(value.getTime());
    case "blob":
      return value instanceof Uint8Array || typeof value === "string" || isStream(value);
  }
}

function isStream(value: unknown): boolean {
  return typeof value === "object" && value !== null && (Symbol.asyncIterator in value || "pipe" in value);
}

function brief(value: unknown): string {
  const text = typeof value === "string" ? `'${value}'` : (JSON.stringify(value) ?? String(value));
  return text.length > 120 ? `${text.slice(0, 117)}...` : text;
}
