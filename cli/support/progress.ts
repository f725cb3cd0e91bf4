import colors from "picocolors";
import { duration } from "./format.ts";

const FRAMES = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];

/** Shows that work goes on: a spinner with a changing note on a terminal, one line per change elsewhere. */
export interface Progress {
  /** Starts a step; ends the one before. */
  step(title: string): void;
  /** Says what the step is doing at the moment. */
  update(note: string): void;
  /** Ends the step, with what came out of it. */
  done(result?: string): void;
  /** Ends the step as failed. */
  fail(reason: string): void;
  /** Plain lines below the steps. */
  lines(text: string): void;
}

/** Makes a progress display on a stream. */
export function createProgress(stream: NodeJS.WriteStream = process.stderr): Progress {
  const live = stream.isTTY === true;
  let title: string | undefined;
  let text = "";
  let startedAt = 0;
  let frame = 0;
  let timer: NodeJS.Timeout | undefined;

  const clear = () => {
    if (live) stream.write("\r\u001b[2K");
  };
  const draw = () => {
    if (!live || title === undefined) return;
    const spinner = FRAMES[frame++ % FRAMES.length] ?? "";
    const line = `${spinner} ${title} ${text === "" ? "" : `· ${text} `}· ${duration((Date.now() - startedAt) / 1000)}`;
    clear();
    stream.write(colors.cyan(line.slice(0, Math.max(20, (stream.columns ?? 100) - 1))));
  };
  const end = (mark: string, result: string) => {
    if (title === undefined) return;
    clearInterval(timer);
    clear();
    const took = colors.dim(`(${duration((Date.now() - startedAt) / 1000)})`);
    stream.write(`${mark} ${title}${result === "" ? "" : `: ${result}`} ${took}\n`);
    title = undefined;
    text = "";
  };
  return {
    step(next) {
      end(colors.green("✓"), "");
      title = next;
      startedAt = Date.now();
      if (live) {
        timer = setInterval(draw, 100);
        timer.unref();
      } else stream.write(`  ${next} ...\n`);
      draw();
    },
    update(next) {
      if (next === text) return;
      text = next;
      if (live) draw();
      else if (title !== undefined) stream.write(`    ${next}\n`);
    },
    done: (result = "") => end(colors.green("✓"), result),
    fail: (reason) => end(colors.red("✗"), reason),
    lines(block) {
      clear();
      stream.write(`${block}\n`);
    },
  };
}
