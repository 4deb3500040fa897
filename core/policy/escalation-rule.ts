/** Which entry of the policy's `escalation` counts for a question. Functions read it, and not the schema of the file beside it. */
import type { RiskLevel } from '../words.ts';
import type { Escalation } from './escalation.ts';
import type { PolicyKeys } from './keys.ts';

/** The first entry that fits, as the file lists them; null = it is asked in one place until it expires. */
export function escalationFor(
  { escalation }: Pick<PolicyKeys, 'escalation'>,
  environment: string,
  level: RiskLevel,
): Escalation | null {
  return (
    escalation.find(
      (entry) =>
        (entry.environment === null || entry.environment === environment) &&
        (entry.level === null || entry.level === level),
    ) ?? null
  );
}

/** How long such a question waits in all, seconds. */
export function wholeWait({ levels, page_wait }: Escalation): number {
  return levels.reduce((sum, { wait }) => sum + wait, page_wait ?? 0);
}
