/** What no single value can show of the keys about people: names that must exist, identities of one person, a quorum that can be reached. */
import { strictestEnvironment } from './environment.ts';
import type { PolicyKeys as Policy, Scope } from './keys.ts';
import { roleOfArn, sessionRole } from './people.ts';
import { askedLevels } from './people-keys.ts';
import { namesIn, shortage, type Who, whoMay } from './who.ts';

export interface Finding {
  readonly path: readonly (string | number)[];
  /** Follows the wrong value, as in `"dora" must be …`. */
  readonly text: string;
}

/** Everything that is wrong between these keys, where they are right one by one. */
export function peopleFindings(policy: Policy): Finding[] {
  const people = policy.people.map((person) => person.name);
  const groups = Object.keys(policy.groups);
  const known = { names: [...people, ...groups], where: groups.length > 0 ? 'people or groups' : 'people' };
  const ofScopes = [
    ...Object.entries(policy.environments).map(([name, scope]) => ({ path: ['environments', name], scope })),
    ...Object.entries(policy.teams).map(([name, scope]) => ({ path: ['teams', name], scope })),
  ];
  const found = [
    ...identities(policy),
    ...repeats(people, (index) => ['people', index, 'name']),
    ...groupFindings(policy, people),
    ...listed(policy.approvers, ['approvers'], known),
    ...askedLevels.flatMap((level) =>
      listed(policy.level_approvers[level] ?? [], ['level_approvers', level], approversOf(policy)),
    ),
    ...policy.alarm_owners.flatMap(({ owners }, index) => listed(owners, ['alarm_owners', index, 'owners'], known)),
    ...(['abort', 'resume'] as const).flatMap((key) =>
      listed(policy.kill_switch[key] ?? [], ['kill_switch', key], known),
    ),
    ...ofScopes.flatMap(({ path, scope }) => scopeFindings(policy, scope, path)),
  ];
  // Of a name that nobody has, one finding is enough.
  return found.length > 0 || policy.approvers.length === 0 ? found : unreachable(policy);
}

interface Known {
  readonly names: readonly string[];
  /** Of which keys. */
  readonly where: string;
}

/** Who may be named further in: people that `approvers` names, and groups of nobody else. */
function approversOf(policy: Policy): Known {
  const people = [...namesIn(policy, policy.approvers)];
  const groups = Object.entries(policy.groups).filter(([, { members }]) =>
    members.every((one) => people.includes(one)),
  );
  return { names: [...people, ...groups.map(([name]) => name)], where: 'approvers' };
}

function listed(names: readonly string[], path: Finding['path'], known: Known): Finding[] {
  return [...unknownNames(names, known, path), ...repeats(names, (index) => [...path, index])];
}

function groupFindings({ groups }: Policy, people: readonly string[]): Finding[] {
  return Object.entries(groups).flatMap(([name, { members }]) => [
    ...(people.includes(name)
      ? [
          {
            path: ['groups', name],
            text: 'must not have the name of a person under people; give the group another one',
          },
        ]
      : []),
    ...listed(members, ['groups', name, 'members'], { names: people, where: 'people' }),
  ]);
}

function scopeFindings(policy: Policy, scope: Scope, path: Finding['path']): Finding[] {
  const { safety } = policy;
  const channel = scope.second_channel === 'none' ? [...path, 'second_channel'] : null;
  return [
    ...listed(scope.approvers ?? [], [...path, 'approvers'], approversOf(policy)),
    ...askedLevels.flatMap((level) => [
      ...listed(scope.level_approvers[level] ?? [], [...path, 'level_approvers', level], approversOf(policy)),
      ...((scope.quorum[level] ?? 5) < (safety.quorum[level] ?? 1)
        ? [
            {
              path: [...path, 'quorum', level],
              text: `must be at least safety.quorum.${level} (${safety.quorum[level]}): the strictest counts`,
            },
          ]
        : []),
    ]),
    ...(channel && safety.second_channel === 'destructive'
      ? [
          {
            path: channel,
            text: 'must be destructive or absent: safety.second_channel is destructive, and the strictest counts',
          },
        ]
      : []),
    ...(channel && path[0] === 'teams'
      ? [{ path: channel, text: 'must be destructive or absent: a team can only demand more' }]
      : []),
  ];
}

/** Wherever more approvals are demanded than people could give, in every environment and for every team: one finding each. */
function unreachable(policy: Policy): Finding[] {
  const environments = [...new Set([strictestEnvironment, ...Object.keys(policy.environments)])];
  return environments.flatMap((environment) => {
    const short = shortOf(policy, environment, null);
    if (short !== null) return [finding(policy, environment, null, short)];
    return Object.keys(policy.teams).flatMap((team) => {
      const ofTeam = shortOf(policy, environment, team);
      return ofTeam === null ? [] : [finding(policy, environment, team, ofTeam)];
    });
  });
}

function shortOf(policy: Policy, environment: string, team: string | null): string | null {
  const involved = { initiator: null, changers: [], alarmName: '' };
  for (const level of askedLevels.toReversed()) {
    const short = withoutDoor(policy, whoMay({ policy, environments: [environment], team, level }, involved));
    if (short !== null) return `${level} steps in ${environment}${team === null ? '' : ` of team ${team}`}: ${short}`;
  }
  return null;
}

/** What is missing; without the IAM door whoever has no member id of Slack cannot answer, and nobody through IAM. */
function withoutDoor({ deployment }: Policy, who: Who): string | null {
  if (deployment.iam_door) return shortage(who);
  if (who.secondChannel) return `one approval of this must come through IAM, and ${noDoor}`;
  const short = shortage({ ...who, approvers: who.approvers.filter(({ slack }) => slack !== null) });
  return short && `${short} (by Slack: ${noDoor})`;
}

const noDoor = 'deployment.iam_door is false';

function finding(policy: Policy, environment: string, team: string | null, short: string): Finding {
  const path =
    team !== null
      ? ['teams', team]
      : Object.hasOwn(policy.environments, environment)
        ? ['environments', environment]
        : ['approvers'];
  const here = `environments.${environment}`;
  const more = short.includes(noDoor) ? 'set deployment.iam_door: true' : 'add iam to one of these people';
  const fix = short.includes('through IAM')
    ? `${more}, or set ${here}.second_channel: none`
    : `list more people, or set ${here}.quorum`;
  return { path, text: `must be able to decide on ${short}; ${fix}, or single_operator: true if one person runs this` };
}

function repeats(values: readonly string[], path: (index: number) => (string | number)[]): Finding[] {
  return values.flatMap((value, index) =>
    values.indexOf(value) < index ? [{ path: path(index), text: 'must be listed once; remove the repetition' }] : [],
  );
}

/** Every identity is one person's, and everybody has one; a session speaks for a person only where its role says who it is. */
function identities({ people, trusted_session_roles: trusted }: Policy): Finding[] {
  const roles = trusted.map(roleOfArn);
  // One ARN may stand there without a list.
  const arns = people.flatMap(({ iam }, index) =>
    iam.map((arn, at) => ({ arn, path: ['people', index, 'iam', ...(iam.length > 1 ? [at] : [])] })),
  );
  const members = people.flatMap(({ slack }, index) => (slack === null ? [] : [{ slack, index }]));
  return [
    ...repeats(
      members.map(({ slack }) => slack),
      (at) => ['people', members[at]?.index ?? 0, 'slack'],
    ),
    ...repeats(
      arns.map(({ arn }) => arn),
      (at) => arns[at]?.path ?? ['people'],
    ),
    ...repeats(trusted, (at) => ['trusted_session_roles', at]),
    ...people.flatMap(({ slack, iam }, index) =>
      slack === null && iam.length === 0
        ? [{ path: ['people', index], text: 'must have slack (a member id), iam (an ARN), or both' }]
        : [],
    ),
    ...arns.flatMap(({ arn, path }) => {
      const role = sessionRole(arn);
      if (role === null || roles.includes(role)) return [];
      const text = `must be a session of a role in trusted_session_roles; add arn:…:role/${role.split('/')[1]} of account ${role.split('/')[0]} there if its trust policy fixes the name of a session to one person`;
      return [{ path, text }];
    }),
  ];
}

function unknownNames(names: readonly string[], { names: known, where }: Known, path: Finding['path']): Finding[] {
  const list = known.map((name) => `"${name}"`).join(', ') || 'nobody yet';
  return names.flatMap((name, index) =>
    known.includes(name)
      ? []
      : [{ path: [...path, index], text: `must be a name listed under ${where} (${list}); add the person there` }],
  );
}
