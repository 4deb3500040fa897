/** Ends a run when a person or the system asks for it (Ctrl-C, a signal, a parent (npm) that was killed), or when a part of it died. */

/** 128 + the signal's number, as shells report it. */
const exitCodes = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;
/** npm passes no SIGTERM on to what it started; a new parent is the only sign of its death. */
const parentCheckMs = 500;

/**
 * Calls `stop` once and exits, whatever comes first. A second signal exits at once; the guard then does the rest.
 * Answers a function that takes the handlers away again.
 */
export function stopOnRequest(stop: () => Promise<void>): () => void {
  let stopping = false;
  const end = (code: number) => {
    if (stopping) process.exit(code);
    stopping = true;
    stop().finally(() => process.exit(code));
  };
  const handlers = Object.entries(exitCodes).map(([signal, code]) => ({ signal, handler: () => end(code) }));
  for (const { signal, handler } of handlers) process.on(signal, handler);
  const parent = process.ppid;
  const watch = setInterval(() => process.ppid !== parent && !stopping && end(exitCodes.SIGTERM), parentCheckMs);
  watch.unref();
  return () => {
    clearInterval(watch);
    for (const { signal, handler } of handlers) process.off(signal, handler);
  };
}

/** Says why the run cannot go on, and ends it as a SIGTERM from outside would: by its own clean-up, where it has one. */
export function endForLoss(why: string): void {
  process.stderr.write(`${why}: the run ends.\n`);
  process.kill(process.pid, 'SIGTERM');
}
