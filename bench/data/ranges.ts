/** x */
export async function runRanges(_path: string, _times: number): Promise<number> {
  return 0;
}
/** x */
export async function runOnePass(_path: string, _times: number): Promise<number> {
  return 0;
}
