/** Which changes of the policy are known to ask for more: fewer things happen, or more people are asked. Of all others nobody knows. */
import { canonicalJson } from '../digest.ts';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

type Rule = (before: Json | undefined, after: Json | undefined) => boolean;

const becomes =
  (wanted: Json): Rule =>
  (_, after) =>
    after === wanted;
const less: Rule = (before, after) => typeof before === 'number' && typeof after === 'number' && after < before;
const more: Rule = (before, after) => less(after, before);
const set: Rule = (before, after) => before === null && after !== null && after !== undefined;
const either =
  (...rules: readonly Rule[]): Rule =>
  (before, after) =>
    rules.some((rule) => rule(before, after));

const has = (list: readonly Json[], one: Json) => list.some((other) => canonicalJson(other) === canonicalJson(one));

/** Of a list whose order says nothing: entries went, and none came. */
const onlyGone: Rule = (before, after) =>
  Array.isArray(before) && Array.isArray(after) && after.every((one) => has(before, one));
/** Entries came, and none went. */
const onlyNew: Rule = (before, after) => onlyGone(after, before);

/** Whoever may approve is in every list that applies, so that one list more, or a name less, is one who may not. */
const fewerNames = either((before, after) => set(before, after) && Array.isArray(after), onlyGone);

/** Production asks two people about a destructive step until its own key says otherwise: one is less than nothing. */
const morePeople = either(more, (before, after) => before === null && typeof after === 'number' && after >= 2);

/** A word that lets nothing pass by itself; `level` may be lower than what it would be judged without. */
const onlyForbids: Rule = (before, after) =>
  onlyNew(before, after) &&
  (after as readonly { readonly [key: string]: Json }[])
    .filter((one) => !has(before as readonly Json[], one))
    .every(({ forbid, ask }) => forbid === true || ask === true);

/** By key; what is not here is never known to ask for more. */
const rules: readonly (readonly [RegExp, Rule])[] = [
  [/^mode$/, becomes('dry_run')],
  [/^(?:safety\.cool_down|storms\.rest)$/, more],
  [/^(?:storms\.incidents_per_hour|llm\.calls_per_hour)$/, less],
  [/\.auto_approve_reads$/, becomes(false)],
  [/\.(?:timeout|max_targets)$/, either(less, (before, after) => set(before, after) && typeof after === 'number')],
  [/\.quorum\.[a-z_]+$/, morePeople],
  [/\.second_channel$/, becomes('destructive')],
  [/(?:^|\.)(?:approvers|level_approvers\.[a-z_]+)$/, fewerNames],
  [/^(?:people|trusted_session_roles|standing_approvals|kill_switch\.resume)$/, onlyGone],
  [/^groups\.[^.]+\.slack_group$/, (before, after) => set(before, after) && typeof after === 'string'],
  [/^single_operator$/, becomes(false)],
  [/^alarm_owners$/, onlyNew],
  [/\.(?:freeze|stop_alarms)$/, onlyNew],
  [/^tiers\.[a-z]+\.min_confidence$/, more],
  [/^tiers\.[a-z]+\.max_autonomous_actions$/, less],
  [/^tiers\.[a-z]+\.halt_on_failure$/, becomes(true)],
  [/^commands$/, onlyForbids],
  [/^(?:llm\.enabled|deployment\.iam_door)$/, becomes(false)],
];

/** Whether a key's new value is known to ask for more than its old one; undefined = the key is not there. */
export function isStricter(path: string, before: Json | undefined, after: Json | undefined): boolean {
  return rules.some(([key, rule]) => key.test(path) && rule(before, after));
}
