/** A command's action whose module is loaded when the command is given: most of them bring an SDK along that no other needs. */
export function onDemand<Arguments extends unknown[]>(
  load: () => Promise<(...args: Arguments) => void | Promise<void>>,
): (...args: Arguments) => Promise<void> {
  return async (...args) => {
    const run = await load();
    await run(...args);
  };
}
