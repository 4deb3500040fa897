/** The kernel's own look at what it sent: most commands end within two seconds, and need no poll then. */
import { hostOutcome, type Invocation } from '../derive/outcome.ts';
import type { ExecutePorts } from './execute-ports.ts';

/** Milliseconds from the send to each look. The agent takes some hundred to begin; what takes longer is left to `poll`. */
const looksAt = [400, 900, 1_400, 2_000];

/** Seconds that the looks take. */
export const lookSeconds = 2;

/**
 * What Systems Manager says of the command on each host, once it has ended on all of them; null when it still runs, or
 * when SSM does not answer. A host that has ended is not asked about again. Never throws.
 */
export async function ended(
  ports: Pick<ExecutePorts, 'glance' | 'sleep' | 'now'>,
  commandId: string,
  hosts: readonly string[],
): Promise<Invocation[] | null> {
  const start = ports.now();
  const found = new Map<string, Invocation>();
  try {
    for (const at of looksAt) {
      await ports.sleep(Math.max(0, start + at - ports.now()));
      const left = hosts.filter((host) => !found.has(host));
      const seen = await Promise.all(left.map((host) => ports.glance(commandId, host)));
      for (const one of seen) if (hostOutcome(one) !== 'running') found.set(one.target, one);
      if (hosts.every((host) => found.has(host))) return hosts.flatMap((host) => found.get(host) ?? []);
    }
  } catch {
    return null;
  }
  return null;
}
