/** The levels of silence of a question: where it is asked until when, and which of them it has come to. */
import type { Derived } from '../derive/derive.ts';
import { escalationFor, wholeWait } from '../policy/escalation-rule.ts';
import type { PolicyKeys } from '../policy/keys.ts';
import type { Level, Question } from '../question.ts';
import { epochOf, isoOf } from '../time.ts';

/** The place of a level that pages a person through SNS. Blanks are in no name or id of a channel. */
export const pageTopic = 'the page topic';

type Asked = Pick<Derived, 'environment' | 'verdict'>;

/** How long a question may wait, seconds: as the policy's time-outs say, and no longer than its levels last. */
export function waitOf({ environment, verdict }: Asked, policy: PolicyKeys): number {
  const entry = escalationFor(policy, environment, verdict.level);
  const { timeoutSeconds } = verdict.approvals;
  return entry ? Math.min(timeoutSeconds, wholeWait(entry)) : timeoutSeconds;
}

/** The levels of a question with these times, ISO 8601: the last one lasts until it expires, and none begins afterwards. */
export function levelsOf(
  { environment, verdict }: Asked,
  policy: PolicyKeys,
  { createdAt, expiresAt }: Pick<Question, 'createdAt' | 'expiresAt'>,
): Level[] {
  const entry = escalationFor(policy, environment, verdict.level);
  if (!entry) return [{ place: verdict.approvals.channel, mention: null, until: expiresAt }];
  const asked = entry.levels.map(({ place, mention, wait }) => ({ place, mention, wait }));
  const paged = entry.page_wait === null ? [] : [{ place: pageTopic, mention: null, wait: entry.page_wait }];
  const end = epochOf(expiresAt);
  const levels: Level[] = [];
  let begins = epochOf(createdAt);
  for (const { place, mention, wait } of [...asked, ...paged]) {
    if (levels.length > 0 && begins >= end) break;
    begins += wait * 1000;
    levels.push({ place, mention, until: isoOf(Math.min(begins, end)) });
  }
  const last = levels.pop();
  return last ? [...levels, { ...last, until: expiresAt }] : [];
}

/** Which level a question has come to, counted from 1; after its end the last. `now` in epoch milliseconds. */
export function levelAt({ terms }: Pick<Question, 'terms'>, now: number): number {
  const place = terms.levels.findIndex(({ until }) => now < epochOf(until));
  return place < 0 ? terms.levels.length : place + 1;
}

/** Where a card of the question can be shown at `now`: its level, or the last before it that is in the messenger. */
export function askedPlace({ terms }: Pick<Question, 'terms'>, now: number): { level: number; place: string } | null {
  for (let level = levelAt({ terms }, now); level >= 1; level -= 1) {
    const place = terms.levels[level - 1]?.place;
    if (place !== undefined && place !== pageTopic) return { level, place };
  }
  return null;
}
