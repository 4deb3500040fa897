/** Who may decide: every key that says so changes the terms, only ever towards stricter, and a quorum that nobody can reach is refused. */
import { expect, test } from 'vitest';
import type { Facts } from '../../../core/policy/facts.ts';
import { judge, policyOf, productionAccount, refusalOf, scripts, stagingAccount } from './cases.ts';

const accounts = `staging: { accounts: ["${stagingAccount}"] }`;
const production = { account: productionAccount, environment: 'production' };
const people = `people:
  - { name: ana, slack: U0000000A, iam: "arn:aws:iam::222222222222:user/ana" }
  - { name: ben, slack: U0000000B }
  - { name: cleo, slack: U0000000C }
`;

function terms(yaml: string, facts: Partial<Facts> = {}, script: string = scripts.destructive) {
  return judge(script, { policy: policyOf(yaml), ...facts }).approvals;
}
const names = (yaml: string, facts: Partial<Facts> = {}, script?: string) =>
  terms(yaml, facts, script).approvers.map(({ name }) => name);

test('groups stand for their members, in every list of names', () => {
  const yaml = `groups: { oncall: { members: [ben, cleo] } }\napprovers: [ana, oncall]`;
  expect(names(yaml)).toEqual(['ana', 'ben', 'cleo']);
  expect(names(`${yaml}\nsingle_operator: true\nteams: { platform: { approvers: [oncall] } }`)).toEqual([
    'ben',
    'cleo',
  ]);
});

test('slack_group narrows those whom only such groups name, in each list for itself', () => {
  const groups = `groups:
  oncall: { members: [ben, cleo], slack_group: S0000000A }
  leads: { members: [cleo, ana], slack_group: S0000000B }
`;
  expect(terms(`${groups}approvers: [ana, oncall]`).narrowed).toEqual([
    { name: 'ben', slackGroups: [['S0000000A']] },
    { name: 'cleo', slackGroups: [['S0000000A']] },
  ]);
  expect(terms(`${groups}approvers: [oncall, leads, ben]`).narrowed).toEqual([
    { name: 'ana', slackGroups: [['S0000000B']] },
    { name: 'cleo', slackGroups: [['S0000000A', 'S0000000B']] },
  ]);
  expect(
    terms(`${groups}single_operator: true\napprovers: [oncall, ana]\nteams: { platform: { approvers: [leads, ben] } }`)
      .narrowed,
  ).toEqual([
    { name: 'ana', slackGroups: [['S0000000B']] },
    { name: 'ben', slackGroups: [['S0000000A']] },
    { name: 'cleo', slackGroups: [['S0000000A'], ['S0000000B']] },
  ]);
});

test('level_approvers narrows one level, everywhere, in an environment and in a team', () => {
  const everywhere = 'level_approvers: { destructive: [ana, ben] }';
  expect(names(everywhere)).toEqual(['ana', 'ben']);
  expect(names(everywhere, {}, scripts.modifying)).toEqual(['ana', 'ben', 'cleo']);
  expect(names(everywhere, {}, scripts.sensitive)).toEqual(['ana', 'ben', 'cleo']);
  const staging = `environments: { staging: { accounts: ["${stagingAccount}"], level_approvers: { modifying: [cleo] } } }`;
  expect([names(staging, {}, scripts.modifying), names(staging)]).toEqual([['cleo'], ['ana', 'ben', 'cleo']]);
  expect(names('teams: { platform: { level_approvers: { destructive: [ana, cleo] } } }')).toEqual(['ana', 'cleo']);
});

test('quorum is the greatest of everything that is demanded, by level; destructive in production is two', () => {
  const of = (yaml: string, facts: Partial<Facts> = {}, script?: string) => terms(yaml, facts, script).required;
  expect([of(''), of('', {}, scripts.modifying), of('', production), of('', production, scripts.modifying)]).toEqual([
    1, 1, 2, 1,
  ]);
  expect(of('', { account: '999999999999' })).toBe(2);
  expect(of('', { claimedEnvironments: ['production'] })).toBe(2);
  expect(of('safety: { quorum: { modifying: 3 } }', {}, scripts.modifying)).toBe(3);
  expect(of('safety: { quorum: { destructive: 1 } }', production)).toBe(2);
  expect(of(`environments: { ${accounts}, production: { quorum: { destructive: 1 } } }`, production)).toBe(1);
  expect(of(`environments: { ${accounts}, production: { quorum: { modifying: 2 } } }`, production)).toBe(2);
  expect(of(`environments: { ${accounts}, production: { quorum: { destructive: 3 } } }`, production)).toBe(3);
  expect(of('teams: { platform: { quorum: { read_only: 2 } } }', {}, scripts.sensitive)).toBe(2);
  expect(of('single_operator: true', production)).toBe(1);
  expect(of('single_operator: true\nteams: { platform: { quorum: { destructive: 2 } } }', production)).toBe(2);
});

test('second_channel is for what is destructive: by default in production, elsewhere where it is said', () => {
  const of = (yaml: string, facts: Partial<Facts> = {}, script?: string) => terms(yaml, facts, script).secondChannel;
  expect([of(''), of('', production), of('', production, scripts.modifying)]).toEqual([false, true, false]);
  expect(of('safety: { second_channel: destructive }')).toBe(true);
  expect(of('teams: { platform: { second_channel: destructive } }')).toBe(true);
  expect(of(`environments: { ${accounts}, production: { second_channel: none } }`, production)).toBe(false);
  expect(of('single_operator: true', production)).toBe(false);
  expect(of('single_operator: true\nsafety: { second_channel: destructive }', production)).toBe(true);
});

test('who has a part in it is left out with the reason, unless a single operator runs this', () => {
  const involved = { initiator: 'ana', changers: ['cleo', 'stranger'] };
  const { approvers, excluded } = terms('', involved);
  expect([approvers.map(({ name }) => name), excluded]).toEqual([
    ['ben'],
    [
      { name: 'ana', why: 'started' },
      { name: 'cleo', why: 'changed' },
    ],
  ]);
  const alone = terms('single_operator: true', involved);
  expect([alone.approvers.length, alone.excluded, alone.singleOperator]).toEqual([3, [], true]);
});

test('alarm_owners leaves out whose alarm it is, by name or by how it begins', () => {
  const owners = (alarm: string, owner = 'ben') => `alarm_owners: [{ alarm: ${alarm}, owners: [${owner}] }]`;
  expect(names(owners('cpu-high'))).toEqual(['ana', 'cleo']);
  expect(names(owners('cpu-*'))).toEqual(['ana', 'cleo']);
  expect(names(owners('cpu'))).toEqual(['ana', 'ben', 'cleo']);
  expect(names(owners('disk-*'))).toEqual(['ana', 'ben', 'cleo']);
  expect(names(`groups: { dbas: { members: [ana, ben] } }\n${owners('cpu-*', 'dbas')}`)).toEqual(['cleo']);
});

test('an incident that leaves too few people halts, and says who is left out and why', () => {
  const halted = (facts: Partial<Facts>, yaml = '') =>
    judge(scripts.destructive, { policy: policyOf(yaml), ...production, ...facts }).reasons.at(-1);
  expect(halted({ initiator: 'ben', changers: ['cleo'] })).toEqual({
    rule: 'approvers',
    decision: 'halt',
    text: 'in production for team platform 2 different people must approve this, and only ana may (left out: ben started this incident, cleo changed what is asked): see people and approvers in countersign.yaml',
  });
  expect(halted({ initiator: 'ana' })?.text).toBe(
    'in production for team platform one approval of this must come through IAM, and of ben, cleo (left out: ana started this incident) nobody has an iam identity: see people and approvers in countersign.yaml',
  );
  expect(judge(scripts.read, { ...production, initiator: 'ana', changers: ['ben', 'cleo'] }).decision).toBe('proceed');
});

const alone = 'or single_operator: true if one person runs this';
test.each<[string, string, string]>([
  [
    'too few approvers for production',
    `${people}approvers: [ana]`,
    `5:12: approvers: this list: must be able to decide on destructive steps in production: 2 different people must approve this, and only ana may; list more people, or set environments.production.quorum, ${alone}`,
  ],
  [
    'nobody with IAM where it is wanted',
    `${people}approvers: [ben, cleo]`,
    `5:12: approvers: this list: must be able to decide on destructive steps in production: one approval of this must come through IAM, and of ben, cleo nobody has an iam identity; add iam to one of these people, or set environments.production.second_channel: none, ${alone}`,
  ],
  [
    'the IAM door shut where an approval has to come through it',
    `${people}approvers: [ana, ben]\ndeployment: { iam_door: false }`,
    `5:12: approvers: this list: must be able to decide on destructive steps in production: one approval of this must come through IAM, and deployment.iam_door is false; set deployment.iam_door: true, or set environments.production.second_channel: none, ${alone}`,
  ],
  [
    'the IAM door shut for somebody who has no other',
    `people: [{ name: ana, slack: U0000000A }, { name: dora, iam: "arn:aws:iam::222222222222:user/dora" }]\napprovers: [ana, dora]\nenvironments: { production: { second_channel: none } }\ndeployment: { iam_door: false }`,
    `3:29: environments.production: this map: must be able to decide on destructive steps in production: 2 different people must approve this, and only ana may (by Slack: deployment.iam_door is false); list more people, or set environments.production.quorum, ${alone}`,
  ],
  [
    'a team of which too few may',
    `${people}approvers: [ana, ben]\nteams: { pay: { approvers: [ana] } }`,
    `6:15: teams.pay: this map: must be able to decide on destructive steps in production of team pay: 2 different people must approve this, and only ana may; list more people, or set environments.production.quorum, ${alone}`,
  ],
  [
    'an environment that asks more than there are',
    `${people}approvers: [ana, ben]\nenvironments: { lab: { quorum: { modifying: 3 } } }`,
    `6:22: environments.lab: this map: must be able to decide on modifying steps in lab: 3 different people must approve this, and only ana, ben may; list more people, or set environments.lab.quorum, ${alone}`,
  ],
  [
    'a group with the name of a person',
    `${people}groups: { ana: { members: [ben] } }`,
    '5:16: groups.ana: this map: must not have the name of a person under people; give the group another one',
  ],
  [
    'a member whom nobody knows',
    `${people}groups: { oncall: { members: [dora] } }`,
    '5:31: groups.oncall.members[0]: "dora": must be a name listed under people ("ana", "ben", "cleo"); add the person there',
  ],
  [
    'a group that would add somebody',
    `${people}groups: { oncall: { members: [ben, cleo] } }\napprovers: [ana, ben]\nlevel_approvers: { modifying: [oncall] }`,
    '7:32: level_approvers.modifying[0]: "oncall": must be a name listed under approvers ("ana", "ben"); add the person there',
  ],
  [
    'an owner whom nobody knows',
    `${people}alarm_owners: [{ alarm: x, owners: [dora] }]`,
    '5:37: alarm_owners[0].owners[0]: "dora": must be a name listed under people ("ana", "ben", "cleo"); add the person there',
  ],
  [
    'an alarm with a star inside',
    `${people}alarm_owners: [{ alarm: a*b, owners: [ana] }]`,
    `5:25: alarm_owners[0].alarm: "a*b": must be an alarm's name, or its beginning and a * such as payments-*`,
  ],
  [
    'a group that is none of Slack',
    `${people}groups: { oncall: { members: [ana], slack_group: oncall } }`,
    '5:50: groups.oncall.slack_group: "oncall": must be the id of a Slack user group such as S012AB3CD',
  ],
  [
    'a quorum of a level that there is not',
    'safety: { quorum: { forbidden: 2 } }',
    '1:21: safety.quorum.forbidden: is an unknown level; allowed: read_only, modifying, destructive; correct its spelling or remove it',
  ],
  [
    'a quorum of nobody',
    'safety: { quorum: { modifying: 0 } }',
    '1:32: safety.quorum.modifying: 0: must be a whole number from 1 to 5',
  ],
  [
    'a scope that asks less',
    'safety: { quorum: { modifying: 2 } }\nenvironments: { lab: { quorum: { modifying: 1 } } }',
    '2:45: environments.lab.quorum.modifying: 1: must be at least safety.quorum.modifying (2): the strictest counts',
  ],
  [
    'a scope without the second channel that safety wants',
    'safety: { second_channel: destructive }\nenvironments: { lab: { second_channel: none } }',
    '2:40: environments.lab.second_channel: "none": must be destructive or absent: safety.second_channel is destructive, and the strictest counts',
  ],
  [
    'a team without a second channel',
    'teams: { pay: { second_channel: none } }',
    '1:33: teams.pay.second_channel: "none": must be destructive or absent: a team can only demand more',
  ],
  [
    'a channel that there is not',
    'safety: { second_channel: email }',
    '1:27: safety.second_channel: "email": must be destructive or none',
  ],
])('%s is refused, with the way out', (_, yaml, expected) => {
  expect(refusalOf(yaml)).toBe(`p.yaml:${expected}`);
});

test('a single operator needs no second person, and nobody at all is no error: then nothing that asks can run', () => {
  expect(refusalOf(`${people}approvers: [ben]\nsingle_operator: true`)).toBe('no refusal');
  expect(refusalOf('mode: live')).toBe('no refusal');
});
