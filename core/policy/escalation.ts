/** Who is asked when nobody answers: the key `escalation` of countersign.yaml, and what may be wrong with it. */
import * as z from 'zod';
import { duration, list, pattern, ScopeName, section } from '../yaml-fields.ts';
import { strictestEnvironment } from './environment.ts';
import { wholeWait } from './escalation-rule.ts';
import type { PolicyKeys as Policy } from './keys.ts';

const Place = pattern(
  /^(#?[a-z0-9][a-z0-9_-]{0,79}|[CGU][A-Z0-9]{2,30})$/,
  'a Slack channel name such as leads, its id such as C012AB3CD, or a member id such as U012AB3CD for a direct message',
);

const Mention = pattern(
  /^[UWS][A-Z0-9]{2,30}$/,
  'a member id such as U012AB3CD, or the id of a user group such as S012AB3CD',
);

/** A tick of asking is a minute, and may be a little longer: a level of less than two could be passed over. */
const shortestWait = '2m';
const longestWait = '2h';

const Level = section({
  place: Place,
  /** Who is called there; null = only those who may approve. */
  mention: Mention.nullable().default(null),
  /** Seconds until the next level is asked. */
  wait: duration(shortestWait, longestWait),
});

export const Escalation = section({
  /** null = everywhere. */
  environment: ScopeName.nullable().default(null),
  /** Of the script; null = every level. */
  level: z
    .enum(['read_only', 'modifying', 'destructive'], { error: 'must be read_only, modifying or destructive' })
    .nullable()
    .default(null),
  levels: list(Level, 'levels: { place, mention, wait }')
    .min(1, { error: 'must have at least one level' })
    .max(5, { error: 'must have at most 5 levels' }),
  /** Seconds that are left to answer once a person was paged, after the last level; null = nobody is paged, it expires. */
  page_wait: duration(shortestWait, longestWait).nullable().default(300),
});
export type Escalation = z.infer<typeof Escalation>;

/** Entries that never count, environments that are none, and levels that would never be reached. */
export function escalationFindings(policy: Policy): { path: (string | number)[]; text: string }[] {
  const environments = [...new Set([...Object.keys(policy.environments), strictestEnvironment])];
  return policy.escalation.flatMap((entry, index) => {
    const path = ['escalation', index];
    const covers = (other: Escalation) =>
      (other.environment === null || other.environment === entry.environment) &&
      (other.level === null || other.level === entry.level);
    const isCovered = policy.escalation.slice(0, index).some(covers);
    const isNamed = entry.environment === null || environments.includes(entry.environment);
    return [
      ...(isNamed ? [] : [{ path: [...path, 'environment'], text: `must be one of ${environments.join(', ')}` }]),
      ...(isCovered
        ? [{ path, text: 'never counts: an entry above it fits the same; put the narrower one first' }]
        : []),
      ...tooLong(policy, entry, path),
    ];
  });
}

function tooLong(policy: Policy, entry: Escalation, path: (string | number)[]) {
  const whole = wholeWait(entry);
  const scopes = [
    ['safety', policy.safety] as const,
    ...Object.entries(policy.environments)
      .filter(([name]) => entry.environment === null || entry.environment === name)
      .map(([name, scope]) => [`environments.${name}`, scope] as const),
    ...Object.entries(policy.teams).map(([name, scope]) => [`teams.${name}`, scope] as const),
  ];
  const short = scopes.find(([, { timeout }]) => timeout !== null && timeout < whole);
  if (!short) return [];
  const [name, { timeout }] = short;
  const text = `waits ${whole}s in all (page_wait included), more than ${name}.timeout (${timeout}s): its last level would never be asked; shorten the waits or lengthen the timeout`;
  return [{ path: [...path, 'levels'], text }];
}
