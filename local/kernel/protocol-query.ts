import { AwsError } from "./aws-error.ts";
import { queryCodeOf } from "./error-code.ts";
import { setOwn } from "./json-codec.ts";
import { type ServiceModel, type ShapeReference, shapeOf } from "./model.ts";
import type { Protocol, WireRequest } from "./wire.ts";
import { element, writeXml } from "./xml-writer.ts";

/** A form's dotted keys as a tree: `Tags.member.1.Key=a` is { Tags: { member: { 1: { Key: "a" } } } }. */
interface FormNode {
  text?: string;
  readonly children: Map<string, FormNode>;
}

/** AWS Query: Action and dotted parameters in a form, XML back. */
export const queryProtocol: Protocol = {
  parse(model, request) {
    const root = formTree(formOf(request));
    const operation = root.children.get("Action")?.text;
    if (!operation) throw new AwsError("MissingAction", 400, "The request must contain the parameter Action.");
    root.children.delete("Action");
    root.children.delete("Version");
    const shape = model.operations[operation]?.input;
    return { operation, input: shape ? structureFromForm(model, shape, root) : {} };
  },
  serialize(model, operation, output, requestId, unknownMember) {
    const entry = model.operations[operation];
    const content = entry?.output ? writeXml(model, { shape: entry.output }, output, unknownMember) : "";
    const result = entry?.resultWrapper ? element(entry.resultWrapper, content) : content;
    const metadata = element("ResponseMetadata", element("RequestId", requestId));
    const body = element(`${operation}Response`, result + metadata, model.xmlNamespace);
    return { status: 200, headers: xmlHeaders(requestId), body };
  },
  serializeError(model, error, requestId) {
    const type = error.statusCode >= 500 ? "Receiver" : "Sender";
    const detail =
      element("Type", type) +
      element("Code", queryCodeOf(model, error.code), undefined, true) +
      element("Message", error.message, undefined, true);
    const body = element(
      "ErrorResponse",
      element("Error", detail) + element("RequestId", requestId),
      model.xmlNamespace,
    );
    return { status: error.statusCode, headers: xmlHeaders(requestId), body };
  },
};

/** The form of a Query request: its body, or its query string for GET. */
export function formOf(request: WireRequest): URLSearchParams {
  return request.method === "GET" ? request.query : new URLSearchParams(Buffer.from(request.body).toString("utf8"));
}

function formTree(form: URLSearchParams): FormNode {
  const root: FormNode = { children: new Map() };
  for (const [key, value] of form) {
    if (key.startsWith("X-Amz-")) continue;
    let node = root;
    for (const part of key.split(".")) {
      let child = node.children.get(part);
      if (!child) {
        child = { children: new Map() };
        node.children.set(part, child);
      }
      node = child;
    }
    node.text = value;
  }
  return root;
}

function structureFromForm(model: ServiceModel, shapeName: string, node: FormNode): Record<string, unknown> {
  const members = Object.entries(shapeOf(model, shapeName).members ?? {});
  const byWireName = new Map(members.map(([name, member]) => [wireName(model, name, member), { name, member }]));
  const result: Record<string, unknown> = {};
  for (const [key, child] of node.children) {
    const known = byWireName.get(key);
    if (known) result[known.name] = valueFromForm(model, known.member, child);
    else setOwn(result, key, child.text ?? "");
  }
  return result;
}

/** Flattened lists travel under their member's name when it has one. */
function wireName(model: ServiceModel, name: string, member: ShapeReference): string {
  const shape = shapeOf(model, member.shape);
  if (shape.type === "list" && (shape.flattened || member.flattened)) {
    return shape.member?.locationName ?? member.locationName ?? name;
  }
  return member.locationName ?? name;
}

function valueFromForm(model: ServiceModel, reference: ShapeReference, node: FormNode): unknown {
  const shape = shapeOf(model, reference.shape);
  switch (shape.type) {
    case "structure":
      return structureFromForm(model, reference.shape, node);
    case "list": {
      const { member } = shape;
      if (!member) return [];
      const flat = shape.flattened || reference.flattened;
      const items = flat ? node : (node.children.get(member.locationName ?? "member") ?? node.children.get("member"));
      return ordered(items).map((child) => valueFromForm(model, member, child));
    }
    case "map": {
      const result: Record<string, unknown> = {};
      const flat = shape.flattened || reference.flattened;
      for (const entry of ordered(flat ? node : node.children.get("entry"))) {
        const key = entry.children.get(shape.key?.locationName ?? "key")?.text ?? "";
        const value = entry.children.get(shape.value?.locationName ?? "value");
        if (shape.value && value) setOwn(result, key, valueFromForm(model, shape.value, value));
      }
      return result;
    }
    default:
      return scalarFromText(shape.type, node.text ?? "");
  }
}

function ordered(node: FormNode | undefined): FormNode[] {
  return [...(node?.children ?? [])]
    .filter(([key]) => /^\d+$/.test(key))
    .sort(([a], [b]) => Number(a) - Number(b))
    .map(([, child]) => child);
}

/** Text of a form, a header or a path as a value of the shape's type; text that does not fit stays text, for the validator to name. */
export function scalarFromText(type: string, text: string): unknown {
  if (type === "boolean") return text === "true" ? true : text === "false" ? false : text;
  if (type === "integer" || type === "long" || type === "float" || type === "double") {
    const number = Number(text);
    return text.trim() === "" || Number.isNaN(number) ? text : number;
  }
  if (type === "blob") return Buffer.from(text, "base64");
  return text;
}

function xmlHeaders(requestId: string): Record<string, string> {
  return { "content-type": "text/xml", "x-amzn-requestid": requestId };
}
