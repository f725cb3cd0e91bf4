import { XMLParser, XMLValidator } from "fast-xml-parser";
import { setOwn } from "../../../kernel/json-codec.ts";
import { type ServiceModel, type ShapeReference, shapeOf } from "../../../kernel/model.ts";
import { parseTimestamp } from "../../../kernel/timestamps.ts";
import { malformedXml } from "../errors.ts";

const parser = new XMLParser({
  ignoreAttributes: true,
  removeNSPrefix: true,
  parseTagValue: false,
  trimValues: false,
  ignoreDeclaration: true,
  ignorePiTags: true,
  htmlEntities: true,
});

/** Reads an XML body into the value of a shape; the root's name does not matter. Throws MalformedXML. */
export function readXml(model: ServiceModel, reference: ShapeReference, text: string): unknown {
  if (/<!DOCTYPE/i.test(text)) throw malformedXml("document types are not allowed");
  const valid = XMLValidator.validate(text);
  if (valid !== true) throw malformedXml(`${valid.err.msg} (line ${valid.err.line})`);
  const document = parser.parse(text) as Record<string, unknown>;
  const [root] = Object.values(document);
  return readValue(model, reference, root, reference.shape);
}

const asList = (node: unknown): unknown[] => (node === undefined ? [] : Array.isArray(node) ? node : [node]);

function textOf(node: unknown, path: string): string {
  if (typeof node === "string") return node;
  if (typeof node === "object" && node !== null && "#text" in node) return String(node["#text"]);
  throw malformedXml(`expected text in ${path}`);
}

function readValue(model: ServiceModel, reference: ShapeReference, node: unknown, path: string): unknown {
  const shape = shapeOf(model, reference.shape);
  switch (shape.type) {
    case "structure": {
      // An element without content is parsed as an empty text.
      const children = (typeof node === "object" && node !== null ? node : {}) as Record<string, unknown>;
      const value: Record<string, unknown> = {};
      for (const [name, member] of Object.entries(shape.members ?? {})) {
        const child = children[member.locationName ?? name];
        if (child === undefined) continue;
        const { member: item } = shapeOf(model, member.shape);
        const list = shapeOf(model, member.shape);
        const flattened = list.type === "list" && (list.flattened === true || member.flattened === true);
        setOwn(
          value,
          name,
          flattened && item !== undefined
            ? asList(child).map((entry) => readValue(model, item, entry, `${path}.${name}`))
            : readValue(model, member, child, `${path}.${name}`),
        );
      }
      return value;
    }
    case "list": {
      const { member } = shape;
      if (member === undefined) throw new Error(`list shape ${reference.shape} has no member`);
      const children = (typeof node === "object" && node !== null ? node : {}) as Record<string, unknown>;
      return asList(children[member.locationName ?? "member"]).map((entry) => readValue(model, member, entry, path));
    }
    default:
      return scalarOf(shape.type, textOf(node, path), path);
  }
}

function scalarOf(type: string, text: string, path: string): unknown {
  switch (type) {
    case "boolean":
      if (text.trim() === "true" || text.trim() === "false") return text.trim() === "true";
      throw malformedXml(`expected true or false in ${path}`);
    case "integer":
    case "long":
      if (/^-?\d{1,15}$/.test(text.trim())) return Number(text);
      throw malformedXml(`expected an integer in ${path}`);
    case "timestamp": {
      const time = parseTimestamp(text.trim());
      if (time === undefined) throw malformedXml(`expected a time in ${path}`);
      return time;
    }
    default:
      return text;
  }
}
