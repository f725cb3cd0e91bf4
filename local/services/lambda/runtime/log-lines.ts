/** A line of a function's output and the request it belongs to (undefined during initialisation). */
export interface LogLine {
  readonly requestId: string | undefined;
  readonly text: string;
}

/** Takes chunks of a pipe, gives complete lines and the marks at which a request's log ends. */
export interface LineSplitter {
  push(chunk: Buffer): void;
  /** Gives out what is left without a line end. */
  end(): void;
}

/** Lines longer than this are cut into several events; CloudWatch Logs takes 1 MiB an event. */
const MAX_LINE_CHARACTERS = 256_000;

/**
 * Splits output into lines. A line `\0<request id>` ends the log of that request; a carriage return inside a line stands for a
 * line break of one event.
 */
export function splitLines(onLine: (text: string) => void, onMark: (requestId: string) => void): LineSplitter {
  const decoder = new TextDecoder("utf-8");
  let rest = "";
  const emit = (line: string): void => {
    const mark = line.indexOf("\0");
    if (mark === -1) onLine(line.replace(/\r$/, "").replace(/\r/g, "\n"));
    else {
      if (mark > 0) emit(line.slice(0, mark));
      onMark(line.slice(mark + 1));
    }
  };
  return {
    push(chunk) {
      rest += decoder.decode(chunk, { stream: true });
      const lines = rest.split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) emit(line);
      while (rest.length > MAX_LINE_CHARACTERS) {
        emit(rest.slice(0, MAX_LINE_CHARACTERS));
        rest = rest.slice(MAX_LINE_CHARACTERS);
      }
    },
    end() {
      if (rest !== "") emit(rest);
      rest = "";
    },
  };
}
