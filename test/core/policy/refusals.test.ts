/** Every way to write countersign.yaml wrongly, with the exact words and place of its refusal. */
import { expect, test } from 'vitest';
import { refusalOf } from './cases.ts';

const scopeKeys =
  'approvers, level_approvers, quorum, second_channel, auto_approve_reads, max_targets, timeout, freeze, stop_alarms';
const words = 'must be 1 to 200 visible characters on one line';
const instant = 'must be an existing instant with seconds and a zone, in quotes, such as "2027-01-31T08:00:00Z"';
const asks = 'approval_required: mutations always ask; write a standing_approval with owner, reason and expiry';
const url = 'must be an https address without a user name (http only for 127.0.0.1, localhost and [::1])';
const duration = (most: string) => `must be a duration from 1s to ${most}: a whole number with s, m or h, such as 90s`;
const entry = (more: string) =>
  `standing_approvals:\n  - { environment: production, level: modifying, owner: ana, reason: r, granted: "2027-01-01T00:00:00Z", ${more} }`;
/** Of the whole file. */
const top =
  'mode, safety, people, trusted_session_roles, groups, approvers, level_approvers, single_operator, alarm_owners, environments, teams, tiers, escalation, standing_approvals, commands, kill_switch, storms, llm, slack, deployment, runbook_url';
const user = 'arn:aws:iam::111122223333:user/ana';
const session = 'arn:aws:sts::111122223333:assumed-role/Admins/ana';
const person = 'people: [{ name: ana, slack: U0000000A }]\n';

test.each<[string, string, string]>([
  ['empty', '', `1:1: (file): null: must be a map with the keys ${top}`],
  ['a list', '- mode', `1:1: (file): this list: must be a map with the keys ${top}`],
  ['a text', 'live', `1:1: (file): "live": must be a map with the keys ${top}`],
  ['a broken flow', 'mode: {', '1:8: Flow map in block collection must be sufficiently indented and end with a }'],
  ['a repeated key', 'mode: live\nmode: dry_run', '2:1: Map keys must be unique'],
  [
    'two documents',
    'mode: live\n---\nmode: live',
    '2:1: Source contains multiple documents; please use YAML.parseAllDocuments()',
  ],
  ['an alias', 'approvers: &a []\nteams: { x: { freeze: *a } }', '2:23: *a: aliases are refused; write the value out'],
  ['a tag', 'mode: !live live', '1:7: Unresolved tag: !live'],
  ['no map of names', 'environments:\n  __proto__: {}', '2:3: __proto__: is no name; remove it'],
  ['an unknown key', 'mood: live', `1:1: mood: is an unknown key; allowed: ${top}; correct its spelling or remove it`],
  [
    'an unknown key further in',
    'safety:\n  timout: 15m',
    '2:3: safety.timout: is an unknown key; allowed: auto_approve_reads, timeout, approval_channel, quorum, second_channel, waves, cool_down, recovered_after, verification_window; correct its spelling or remove it',
  ],
  [
    'an unknown tier',
    'tiers:\n  low: {}\n  urgent: { min_confidence: 1 }',
    '3:3: tiers.urgent: is an unknown tier; allowed: low, medium, high, critical; correct its spelling or remove it',
  ],
  ['approval_required at the top', 'approval_required: false', `1:1: ${asks}`],
  ['approval_required far in', 'environments:\n  lab:\n    approval_required: true', `3:5: ${asks}`],
  [
    'approval_required in a command',
    'commands: [{ match: { command: x, approval_required: 1 }, level: read_only, owner: o, reason: r }]',
    `1:35: ${asks}`,
  ],
  [
    'a key of a command',
    'commands: [{ match: { command: x, regex: y }, level: read_only, owner: o, reason: r }]',
    '1:35: commands[0].match.regex: is an unknown key; allowed: command, arguments, more; correct its spelling or remove it',
  ],
  [
    'too few messages to say anything',
    'slack: { messages_per_minute: 9 }',
    '1:31: slack.messages_per_minute: 9: must be a whole number from 10 to 6000',
  ],
  [
    'a storm without incidents',
    'storms: { incidents_per_hour: 0 }',
    '1:31: storms.incidents_per_hour: 0: must be a whole number from 1 to 60',
  ],
  ['mode', 'mode: Live', '1:7: mode: "Live": must be dry_run or live'],
  [
    'a switch of YAML 1.1',
    'safety: { auto_approve_reads: yes }',
    '1:31: safety.auto_approve_reads: "yes": must be true or false',
  ],
  ['a long time-out', 'safety: { timeout: 3h }', `1:20: safety.timeout: "3h": ${duration('2h')}`],
  ['no time-out', 'safety: { timeout: 0s }', `1:20: safety.timeout: "0s": ${duration('2h')}`],
  ['a fraction of a minute', 'safety: { timeout: 1.5m }', `1:20: safety.timeout: "1.5m": ${duration('2h')}`],
  [
    'a channel',
    'safety: { approval_channel: "#Sre Alarms" }',
    '1:29: safety.approval_channel: "#Sre Alarms": must be a Slack channel name such as incidents, or its id such as C012AB3CD',
  ],
  [
    'no wave',
    'safety: { waves: [] }',
    '1:18: safety.waves: this list: must have at least one number, such as [1, 2, 4, 8, 16]',
  ],
  ['a wave of nobody', 'safety: { waves: [0, 2] }', '1:19: safety.waves[0]: 0: must be a whole number from 1 to 20'],
  [
    'a wave of more than one send takes',
    'safety: { waves: [1, 21] }',
    '1:22: safety.waves[1]: 21: must be a whole number from 1 to 20',
  ],
  [
    'recovery',
    'safety: { recovered_after: 90m, verification_window: 2h }',
    `1:28: safety.recovered_after: "90m": ${duration('1h')}`,
  ],
  [
    'recovery longer than the window',
    'safety: { recovered_after: 11m }',
    '1:28: safety.recovered_after: "11m": must be at most safety.verification_window (600s), or no incident could ever be resolved',
  ],
  ['the window', 'safety: { verification_window: x }', `1:32: safety.verification_window: "x": ${duration('2h')}`],
  [
    'a member id',
    'people: [{ slack: ana, name: ana }]',
    '1:19: people[0].slack: "ana": must be a Slack member id such as U012AB3CD (Slack profile, "Copy member ID")',
  ],
  [
    'no name',
    'people: [{ slack: U012AB3CD }]',
    `1:10: people[0].name: is missing: must be letters, digits, spaces and . _ @ ' - (at most 80)`,
  ],
  [
    'one person twice',
    `people: [{ name: ana, slack: U0000000A }, { name: ben, slack: U0000000A }]`,
    '1:63: people[1].slack: "U0000000A": must be listed once; remove the repetition',
  ],
  [
    'one name twice',
    `people: [{ name: ana, slack: U0000000A }, { name: ana, slack: U0000000B }]`,
    '1:51: people[1].name: "ana": must be listed once; remove the repetition',
  ],
  [
    'the member id under its name of the first releases',
    'people: [{ id: U0000000A, name: ana }]',
    "1:10: people[0]: this map: must have slack (a member id), iam (an ARN), or both\np.yaml:1:12: people[0].id: is an unknown key; allowed: name, slack, iam; Slack's member id is now the key slack: write { name: Ana, slack: U012AB3CD }",
  ],
  [
    'somebody without an identity',
    'people: [{ name: ana }]',
    '1:10: people[0]: this map: must have slack (a member id), iam (an ARN), or both',
  ],
  [
    'a role as a person',
    'people: [{ name: ana, iam: "arn:aws:iam::111122223333:role/Admins" }]',
    '1:28: people[0].iam: "arn:aws:iam::111122223333:role/Admins": must be the ARN of an IAM user or of a session of a trusted role, or a list of such ARNs',
  ],
  [
    'a session of a role that nobody trusts',
    `people: [{ name: ana, iam: "${session}" }]`,
    `1:28: people[0].iam: "${session}": must be a session of a role in trusted_session_roles; add arn:…:role/Admins of account 111122223333 there if its trust policy fixes the name of a session to one person`,
  ],
  [
    'a session of a role of that name in another account',
    `people: [{ name: ana, iam: ["${session}"] }]\ntrusted_session_roles: ["arn:aws:iam::444422223333:role/Admins"]`,
    `1:28: people[0].iam: this list: must be a session of a role in trusted_session_roles; add arn:…:role/Admins of account 111122223333 there if its trust policy fixes the name of a session to one person`,
  ],
  [
    'one ARN of two people',
    `people: [{ name: ana, iam: "${user}" }, { name: ben, iam: "${user}" }]`,
    `1:86: people[1].iam: "${user}": must be listed once; remove the repetition`,
  ],
  [
    'an unknown approver',
    `${person}approvers: [ana, dora]`,
    '2:18: approvers[1]: "dora": must be a name listed under people ("ana"); add the person there',
  ],
  [
    'an approver twice',
    `${person}approvers: [ana, ana]`,
    '2:18: approvers[1]: "ana": must be listed once; remove the repetition',
  ],
  [
    'somebody who may resume and is no person',
    `${person}kill_switch: { resume: [dora] }`,
    '2:25: kill_switch.resume[0]: "dora": must be a name listed under people ("ana"); add the person there',
  ],
  [
    'nobody who may abort',
    `${person}kill_switch: { abort: [] }`,
    '2:23: kill_switch.abort: this list: must name at least one person, or be left out for everybody in approvers',
  ],
  [
    'a scope that widens',
    `${person}teams: { x: { approvers: [ana] } }`,
    '2:27: teams.x.approvers[0]: "ana": must be a name listed under approvers (nobody yet); add the person there',
  ],
  [
    'a scope for nobody',
    `teams: { x: { approvers: [] } }`,
    '1:26: teams.x.approvers: this list: must name at least one person',
  ],
  [
    'an environment in capitals',
    'environments: { Prod: {} }',
    '1:17: environments.Prod: must be lower-case letters, digits, "-", "_" and "." (at most 63)',
  ],
  [
    'a key of an environment',
    'environments: { lab: { acounts: [] } }',
    `1:24: environments.lab.acounts: is an unknown key; allowed: accounts, ${scopeKeys}; correct its spelling or remove it`,
  ],
  [
    'accounts of a team',
    'teams: { x: { accounts: [] } }',
    `1:15: teams.x.accounts: is an unknown key; allowed: ${scopeKeys}; correct its spelling or remove it`,
  ],
  [
    'an account as a number',
    'environments: { lab: { accounts: [123456789012] } }',
    '1:35: environments.lab.accounts[0]: 123456789012: must be an account id of 12 digits in quotes, or { account: "123456789012", region: eu-central-1 }',
  ],
  [
    'an account twice',
    'environments: { a: { accounts: ["123456789012"] }, b: { accounts: ["123456789012"] } }',
    '1:68: environments.b.accounts[0]: "123456789012": must be listed once: another environment or line has 123456789012 already',
  ],
  [
    'no target',
    'teams: { x: { max_targets: 0 } }',
    '1:28: teams.x.max_targets: 0: must be a whole number from 1 to 20',
  ],
  [
    'more targets than SSM takes',
    'teams: { x: { max_targets: 21 } }',
    '1:28: teams.x.max_targets: 21: must be a whole number from 1 to 20',
  ],
  [
    'a longer wait than safety',
    'teams: { x: { timeout: 16m } }',
    '1:24: teams.x.timeout: "16m": must be at most safety.timeout (900s): the strictest counts',
  ],
  [
    'reads that safety refuses',
    'safety: { auto_approve_reads: false }\nteams: { x: { auto_approve_reads: true } }',
    '2:35: teams.x.auto_approve_reads: true: must be false or absent: safety.auto_approve_reads is false, and the strictest counts',
  ],
  [
    'a day that does not exist',
    'teams: { x: { freeze: [{ from: "2027-02-29T00:00:00Z", to: "2027-03-01T00:00:00Z", reason: r }] } }',
    `1:32: teams.x.freeze[0].from: "2027-02-29T00:00:00Z": ${instant}`,
  ],
  [
    'a day without a time',
    'teams: { x: { freeze: [{ from: "2027-02-28T00:00:00Z", to: 2027-03-01, reason: r }] } }',
    `1:60: teams.x.freeze[0].to: "2027-03-01": ${instant}`,
  ],
  [
    'a freeze backwards',
    'teams: { x: { freeze: [{ from: "2027-03-01T00:00:00Z", to: "2027-03-01T01:00:00+02:00", reason: r }] } }',
    '1:60: teams.x.freeze[0].to: "2027-03-01T01:00:00+02:00": must be later than its from (2027-03-01T00:00:00Z)',
  ],
  [
    'a freeze of another kind',
    'teams: { x: { freeze: [{ from: "2027-02-28T00:00:00Z", to: "2027-03-01T00:00:00Z", reason: r, mutations: run }] } }',
    '1:106: teams.x.freeze[0].mutations: "run": must be halt or ask',
  ],
  [
    'a confidence',
    'tiers: { low: { min_confidence: 30 } }',
    '1:33: tiers.low.min_confidence: 30: must be a number from 0 to 1',
  ],
  [
    'critical autonomy',
    'tiers: { critical: { max_autonomous_actions: 1 } }',
    '1:46: tiers.critical.max_autonomous_actions: 1: must be 0: critical is never autonomous',
  ],
  [
    'unlimited autonomy',
    'tiers: { low: { max_autonomous_actions: 101 } }',
    '1:41: tiers.low.max_autonomous_actions: 101: must be a whole number from 0 to 100',
  ],
  [
    'a destructive standing approval',
    entry('expires: "2027-02-01T00:00:00Z"').replace('modifying', 'destructive'),
    '2:39: standing_approvals[0].level: "destructive": must be modifying: reads need no standing approval, destructive steps never get one',
  ],
  [
    'one of 91 days',
    entry('expires: "2027-04-02T00:00:00Z"'),
    '2:115: standing_approvals[0].expires: "2027-04-02T00:00:00Z": must be after granted (2027-01-01T00:00:00Z) and at most 90 days later',
  ],
  [
    'one that ends first',
    entry('expires: "2026-12-31T00:00:00Z"'),
    '2:115: standing_approvals[0].expires: "2026-12-31T00:00:00Z": must be after granted (2027-01-01T00:00:00Z) and at most 90 days later',
  ],
  ['one without an end', entry(''), `2:5: standing_approvals[0].expires: is missing: ${instant}`],
  [
    'one for everywhere',
    entry('expires: "2027-02-01T00:00:00Z"').replace('production', 'all'),
    '2:20: standing_approvals[0].environment: "all": must be one of production',
  ],
  [
    'one for two things',
    entry('expires: "2027-02-01T00:00:00Z", step: 1'),
    '2:5: standing_approvals[0]: this map: must have either level, or runbook_digest and step',
  ],
  [
    'one that hides its reason',
    entry('expires: "2027-02-01T00:00:00Z"').replace('reason: r', 'reason: "ok\u202e"'),
    `2:70: standing_approvals[0].reason: "ok\u202e": ${words}`,
  ],
  [
    'the former name of llm',
    'model: { enabled: false }',
    `1:1: model: is an unknown key; allowed: ${top}; it is called llm now: rename it, what stands under it stays`,
  ],
  [
    'a model without TLS',
    'llm: { base_url: "http://gateway.example.com" }',
    `1:18: llm.base_url: "http://gateway.example.com": ${url}`,
  ],
  [
    'a model with a password',
    'llm: { base_url: "https://me:pw@gateway.example.com" }',
    `1:18: llm.base_url: "https://me:pw@gateway.example.com": ${url}`,
  ],
  [
    'a Slack without its slash',
    'slack: { api_url: https://slack.com/api }',
    '1:19: slack.api_url: "https://slack.com/api": must end with "/", as https://slack.com/api/ does',
  ],
])('%s is refused', (_, text, expected) => {
  expect(refusalOf(text)).toBe(`p.yaml:${expected}`);
});
