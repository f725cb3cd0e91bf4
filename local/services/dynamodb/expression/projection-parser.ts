import type { Path } from "./ast.ts";
import { parsePath } from "./path-parser.ts";
import { TokenReader } from "./tokenizer.ts";

/** Parses a projection: document paths with commas between them. Throws ExpressionError. */
export function parseProjection(text: string): readonly Path[] {
  const reader = new TokenReader(text);
  const paths: Path[] = [];
  do paths.push(parsePath(reader));
  while (reader.takeSymbol(","));
  reader.expectEnd();
  return paths;
}
