/** Who may decide: names, number and channel, the strictest of all that the policy says about an environment, a team and a level. */
import type { Exclusion, RiskLevel } from '../words.ts';
import { strictestEnvironment } from './environment.ts';
import type { PolicyKeys as Policy, Scope } from './keys.ts';
import type { PolicyPerson } from './people.ts';
import type { askedLevels } from './people-keys.ts';

type AskedLevel = (typeof askedLevels)[number];

/** Where a decision is to be made. */
export interface Place {
  readonly policy: Policy;
  /** Names of environments in play: their demands add up. */
  readonly environments: readonly string[];
  /** The runbook's team; null = none is looked at. */
  readonly team: string | null;
  readonly level: RiskLevel;
}

/** Of this very question, by the policy's names. */
export interface Involved {
  /** Who started or retried the incident; null = an alarm. */
  readonly initiator: string | null;
  /** Who changed what is asked. */
  readonly changers: readonly string[];
  readonly alarmName: string;
}

/** What a question's terms say about people. */
export interface Who {
  /** Those who may approve, in the policy's order. */
  readonly approvers: readonly PolicyPerson[];
  /** Those who could, but for their part in it. */
  readonly excluded: readonly { readonly name: string; readonly why: Exclusion }[];
  /**
   * Those whom only groups name that Slack narrows: at the moment of an answer they must be in one user group of each of
   * these sets.
   */
  readonly narrowed: readonly { readonly name: string; readonly slackGroups: readonly (readonly string[])[] }[];
  /** How many different people must approve, 1 or more. */
  readonly required: number;
  /** Whether one of these approvals must come through IAM. */
  readonly secondChannel: boolean;
  readonly singleOperator: boolean;
}

/** The strictest of everything that the policy says about this place, and without those who have a part in it. */
export function whoMay(place: Place, involved: Involved): Who {
  const { policy } = place;
  const lists = listsOf(place).map(({ names }) => expanded(policy, names));
  const allowed = policy.people.filter(({ name }) => lists.every((list) => list.has(name)));
  const excluded = policy.single_operator
    ? []
    : allowed.flatMap(({ name }) => {
        const why = exclusionOf(policy, name, involved);
        return why ? [{ name, why }] : [];
      });
  const approvers = allowed.filter(({ name }) => !excluded.some((out) => out.name === name));
  return {
    approvers,
    excluded,
    narrowed: approvers.flatMap(({ name }) => {
      const slackGroups = lists.map((list) => list.get(name) ?? []).filter((groups) => groups.length > 0);
      return slackGroups.length > 0 ? [{ name, slackGroups }] : [];
    }),
    required: quorumOf(place),
    secondChannel: wantsSecondChannel(place),
    singleOperator: policy.single_operator,
  };
}

/** Why these people can never decide, however they answer; null when they can. */
export function shortage({ approvers, required, secondChannel, excluded }: Who): string | null {
  const names = approvers.map(({ name }) => name).join(', ') || 'nobody';
  const left = excluded.map(({ name, why }) => `${name} ${exclusionWords[why]}`).join(', ');
  const leftOut = left === '' ? '' : ` (left out: ${left})`;
  if (approvers.length < required)
    return approvers.length === 0
      ? `nobody may approve this${leftOut}`
      : `${required} different people must approve this, and only ${names} may${leftOut}`;
  if (secondChannel && !approvers.some(({ iam }) => iam.length > 0))
    return `one approval of this must come through IAM, and of ${names}${leftOut} nobody has an iam identity`;
  return null;
}

export const exclusionWords: Readonly<Record<Exclusion, string>> = {
  started: 'started this incident',
  changed: 'changed what is asked',
  owns_alarm: 'owns the alarm',
};

/** The environments in play and the team, as the policy has them. */
export function scopesOf({ policy, environments, team }: Pick<Place, 'policy' | 'environments' | 'team'>): Scope[] {
  return [
    ...environments.flatMap((name) => named(policy.environments, name)),
    ...(team === null ? [] : named(policy.teams, team)),
  ];
}

function named<Entry extends Scope>(entries: Readonly<Record<string, Entry>>, name: string): Entry[] {
  const entry = Object.hasOwn(entries, name) ? entries[name] : undefined;
  return entry ? [entry] : [];
}

/** What is forbidden is judged as the strictest that people are asked about. */
function asked(level: RiskLevel): AskedLevel {
  return level === 'forbidden' ? 'destructive' : level;
}

/** A list of names that applies: `key` is where it stands in countersign.yaml. */
interface NamedList {
  readonly key: string;
  readonly names: readonly string[];
}

/** Every list that applies: whoever may approve is in all of them. */
function listsOf({ policy, environments, team, level: judged }: Place): NamedList[] {
  const level = asked(judged);
  const demands = [
    { at: '', scope: policy },
    ...environments.flatMap((name) =>
      named(policy.environments, name).map((scope) => ({ at: `environments.${name}.`, scope })),
    ),
    ...(team === null ? [] : named(policy.teams, team).map((scope) => ({ at: `teams.${team}.`, scope }))),
  ];
  return demands.flatMap(({ at, scope }) => [
    ...listAt(`${at}approvers`, scope.approvers),
    ...listAt(`${at}level_approvers.${level}`, scope.level_approvers[level]),
  ]);
}

function listAt(key: string, names: readonly string[] | null): NamedList[] {
  return names === null ? [] : [{ key, names }];
}

/** Everybody of the policy who may not approve in this place at all, and the first list that does not name them. */
export function notListed(place: Place): { readonly name: string; readonly list: string }[] {
  const lists = listsOf(place).map(({ key, names }) => ({ key, names: namesIn(place.policy, names) }));
  return place.policy.people.flatMap(({ name }) => {
    const list = lists.find(({ names }) => !names.has(name));
    return list ? [{ name, list: list.key }] : [];
  });
}

/** The people that such a list names, groups dissolved. */
export function namesIn(policy: Pick<Policy, 'groups'>, names: readonly string[]): Set<string> {
  return new Set(expanded(policy, names).keys());
}

/** Those of a list who count only while a Slack user group holds them. */
export function narrowedIn(policy: Pick<Policy, 'groups'>, names: readonly string[]): Who['narrowed'] {
  return [...expanded(policy, names)].flatMap(([name, groups]) =>
    groups.length > 0 ? [{ name, slackGroups: [groups] }] : [],
  );
}

/** Each person of a list, and the Slack user groups of which one must hold them; none for whom it names otherwise. */
function expanded(policy: Pick<Policy, 'groups'>, names: readonly string[]): Map<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  const free = new Set<string>();
  for (const name of names) {
    const group = Object.hasOwn(policy.groups, name) ? policy.groups[name] : undefined;
    const slackGroup = group?.slack_group ?? null;
    for (const member of group?.members ?? [name]) {
      if (slackGroup === null) free.add(member);
      found.set(member, free.has(member) || slackGroup === null ? [] : [...(found.get(member) ?? []), slackGroup]);
    }
  }
  return found;
}

function exclusionOf(policy: Policy, name: string, { initiator, changers, alarmName }: Involved): Exclusion | null {
  if (name === initiator) return 'started';
  if (changers.includes(name)) return 'changed';
  const owned = policy.alarm_owners.filter(({ alarm }) => isAlarm(alarm, alarmName));
  return owned.some(({ owners }) => expanded(policy, owners).has(name)) ? 'owns_alarm' : null;
}

function isAlarm(pattern: string, name: string): boolean {
  return pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}

/** What production asks for a destructive step where it says nothing itself. */
const productionQuorum = 2;

function quorumOf(place: Place): number {
  const level = asked(place.level);
  const said = [place.policy.safety, ...scopesOf(place)].map(({ quorum }) => quorum[level] ?? 1);
  const usual = hasDefaults(place, ({ quorum }) => quorum.destructive !== null) ? productionQuorum : 1;
  return Math.max(usual, ...said);
}

function wantsSecondChannel(place: Place): boolean {
  if (asked(place.level) !== 'destructive') return false;
  const said = [place.policy.safety, ...scopesOf(place)].map(({ second_channel }) => second_channel);
  return said.includes('destructive') || hasDefaults(place, ({ second_channel }) => second_channel !== null);
}

/** Whether production's own defaults for destructive steps hold: not for a single operator, nor where production says otherwise. */
function hasDefaults({ policy, environments, level }: Place, saysOtherwise: (scope: Scope) => boolean): boolean {
  if (policy.single_operator || asked(level) !== 'destructive' || !environments.includes(strictestEnvironment))
    return false;
  return !named(policy.environments, strictestEnvironment).some(saysOtherwise);
}
