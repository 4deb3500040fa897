/** Waves: in how many sends a change goes out, so that its first hosts show whether it is safe for the others. */
import type { Dispatch } from '../dispatch.ts';
import type { DispatchProgress, Progress } from './progress.ts';

/** What is known of one attempt at a part of a step, wave by wave, the first one first. */
export function wavesOf(progress: Progress, { step, part, attempt }: Omit<Dispatch, 'wave'>): DispatchProgress[] {
  return progress.dispatches
    .filter(({ dispatch: one }) => one.step === step && one.part === part && one.attempt === attempt)
    .toSorted((a, b) => a.dispatch.wave - b.dispatch.wave);
}

/**
 * Hosts in waves of these sizes; the last size counts for all that follow.
 *
 * @param before How many waves went out already: the next one has the size of that place.
 */
export function inWaves(hosts: readonly string[], sizes: readonly number[], before = 0): string[][] {
  const waves: string[][] = [];
  for (let from = 0; from < hosts.length; ) {
    const size = sizes[before + waves.length] ?? sizes.at(-1) ?? hosts.length;
    waves.push(hosts.slice(from, from + size));
    from += size;
  }
  return waves;
}

/** Hosts that a burnt wave left to the waves after it. */
export function restOf({ burn }: Pick<DispatchProgress, 'burn'>): readonly string[] {
  return burn?.rest ?? [];
}
