import { encodeBase64, type UnknownMember } from "./json-codec.ts";
import { type ServiceModel, type ShapeReference, shapeOf } from "./model.ts";
import { formatTimestamp } from "./timestamps.ts";

/** The content of an XML element for a value of the Query protocol, by its model. */
export function writeXml(
  model: ServiceModel,
  reference: ShapeReference,
  value: unknown,
  unknownMember: UnknownMember,
  path = reference.shape,
): string {
  const shape = shapeOf(model, reference.shape);
  switch (shape.type) {
    case "structure": {
      let content = "";
      for (const [name, item] of Object.entries(value as Record<string, unknown>)) {
        if (item === undefined || item === null) continue;
        const member = Object.hasOwn(shape.members ?? {}, name) ? shape.members?.[name] : undefined;
        if (member) content += writeMember(model, name, member, item, unknownMember, `${path}.${name}`);
        else unknownMember(`${path}.${name}`);
      }
      return content;
    }
    case "list": {
      const { member } = shape;
      if (!member) return "";
      const name = member.locationName ?? "member";
      return (value as unknown[])
        .map((item) => element(name, writeXml(model, member, item, unknownMember, `${path}[]`)))
        .join("");
    }
    case "map": {
      let content = "";
      for (const [key, item] of Object.entries(value as Record<string, unknown>)) {
        if (!shape.value || item === undefined || item === null) continue;
        const written = writeXml(model, shape.value, item, unknownMember, `${path}.${key}`);
        content += element(
          "entry",
          element(shape.key?.locationName ?? "key", key, undefined, true) +
            element(shape.value.locationName ?? "value", written),
        );
      }
      return content;
    }
    case "timestamp":
      return value instanceof Date
        ? String(formatTimestamp(value, reference.timestampFormat ?? shape.timestampFormat ?? "iso8601"))
        : escapeXml(String(value));
    case "blob":
      return encodeBase64(value);
    default:
      return escapeXml(String(value));
  }
}

function writeMember(
  model: ServiceModel,
  name: string,
  member: ShapeReference,
  value: unknown,
  unknownMember: UnknownMember,
  path: string,
): string {
  const shape = shapeOf(model, member.shape);
  const wireName = member.locationName ?? name;
  const { member: listMember } = shape;
  if (shape.type === "list" && listMember && (shape.flattened || member.flattened)) {
    const itemName = listMember.locationName ?? wireName;
    return (value as unknown[])
      .map((item) => element(itemName, writeXml(model, listMember, item, unknownMember, `${path}[]`)))
      .join("");
  }
  return element(wireName, writeXml(model, member, value, unknownMember, path));
}

/** `<name>content</name>`; content is XML, or text when `isText` is set. */
export function element(name: string, content: string, namespace?: string, isText = false): string {
  const attribute = namespace ? ` xmlns="${escapeXml(namespace)}"` : "";
  return `<${name}${attribute}>${isText ? escapeXml(content) : content}</${name}>`;
}

/** Escapes text for XML; control characters that XML 1.0 cannot hold become U+FFFD. */
export function escapeXml(text: string): string {
  return (
    text
      // biome-ignore lint/suspicious/noControlCharactersInRegex: exactly the characters that XML forbids.
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "\ufffd")
      .replace(/[&<>"'\r]/g, (character) => `&#${character.charCodeAt(0)};`)
  );
}
