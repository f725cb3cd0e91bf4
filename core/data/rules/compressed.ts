import { type Reason, wholeReason } from "../reason.ts";

/** The file is compressed or an archive, and nothing says that it should be, or it is one that is not read. */
export function compressed(found: string): Reason {
  return wholeReason(
    "compressed",
    `the file is ${found}, expected plain text; unpack it and upload the content (gzip and zstd are read when the name ends with .gz or .zst)`,
  );
}

/** The content is compressed once more, or an archive. */
export function nestedCompression(found: string, outer: string): Reason {
  return wholeReason(
    "compressed",
    `the ${outer} file contains ${found}, expected text; one layer of compression is read: unpack it once`,
  );
}

/** Name or definition say that the file is compressed, but its content is not. */
export function notCompressed(expected: string, why: string): Reason {
  return wholeReason(
    "compressed",
    `the file is expected to be ${expected} (${why}), but its content is not; upload it under its right name`,
  );
}

/** The file is compressed in another way than its name or the definition say. */
export function otherCompression(found: string, expected: string, why: string): Reason {
  return wholeReason(
    "compressed",
    `the file is ${found}, expected ${expected} (${why}); give it the right name, or change data.compression`,
  );
}

/** The file unpacks to far more than it is: a decompression bomb, or a file that says next to nothing. */
export function expandsTooMuch(inputBytes: number, outputBytes: number, maxExpansion: number): Reason {
  return wholeReason(
    "compressed",
    `${inputBytes} bytes have unpacked to ${outputBytes} or more, at most ${maxExpansion} times as many are read; it looks like a decompression bomb: upload the content itself, or raise data.maxExpansion`,
  );
}

/** The compressed file is damaged or cut off. */
export function damagedCompression(format: string, why: string): Reason {
  return wholeReason(
    "compressed",
    `the ${format} file cannot be unpacked: ${why}; it is damaged or cut off: upload it again`,
  );
}

/** A zstd frame wants more memory than there is. */
export function windowTooLarge(windowBytes: number, limitBytes: number): Reason {
  return wholeReason(
    "compressed",
    `the zstd file needs a window of ${windowBytes} bytes to be unpacked, at most ${limitBytes} are given; compress it without --long or --ultra`,
  );
}
