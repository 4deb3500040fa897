/** countersign.yaml as data: every key, its default and its bounds. The keys are the file's own, durations are whole seconds. */
import * as z from 'zod';
import { maximumTargets } from '../dispatch.ts';
import { OrganisationRule } from '../risk/organisation-rule.ts';
import {
  Account,
  duration,
  Fraction,
  Instant,
  list,
  PersonName,
  pattern,
  Region,
  RoleArn,
  ScopeName,
  ServiceUrl,
  Sha256,
  SlackChannel,
  Switch,
  section,
  Words,
  wholeNumber,
} from '../yaml-fields.ts';
import { Deployment } from './deployment.ts';
import { Escalation } from './escalation.ts';
import { KillSwitch } from './kill-switch.ts';
import { AlarmOwners, Approvers, Group, LevelApprovers, Person, Quorum, SecondChannel } from './people-keys.ts';
import { Slack } from './slack-keys.ts';
import { Storms } from './storm-keys.ts';

/** An hour and more of waiting for one answer leaves room for four such waits in an incident's 8 hours. */
const longestWait = '2h';

const Safety = section({
  /** Unflagged read_only steps run without a click. The only switch of this kind. */
  auto_approve_reads: Switch.default(true),
  /** Seconds an approval may wait; then it expires, which means no. 15 minutes: longer and the evidence on the card is stale. */
  timeout: duration('1s', longestWait).default(900),
  approval_channel: SlackChannel.default('incidents'),
  quorum: Quorum,
  second_channel: SecondChannel.default('none'),
  /**
   * Hosts of the first, second … send of one change; the last number counts for all that follow. One host first, since a
   * mistake shows there, then twice as many each time.
   */
  waves: list(wholeNumber(1, maximumTargets), 'whole numbers')
    .min(1, { error: 'must have at least one number, such as [1, 2, 4, 8, 16]' })
    .max(maximumTargets, { error: `must have at most ${maximumTargets} numbers` })
    .default([1, 2, 4, 8, 16]),
  /** Seconds from the end of a destructive step to the next one that may be asked for: time to see what the first one did. */
  cool_down: duration('0s', '1h').default(0),
  /** Seconds the alarm must stay OK to count as fixed: two periods of the usual 60 s metric. */
  recovered_after: duration('1s', '1h').default(120),
  /** Seconds after the last step in which the alarm must come back to OK. */
  verification_window: duration('1s', longestWait).default(600),
});

const Freeze = section({
  from: Instant,
  to: Instant,
  reason: Words,
  /** `halt`: nothing above read_only runs. `ask`: it may with a click, standing approvals are void. */
  mutations: z.enum(['halt', 'ask'], { error: 'must be halt or ask' }).default('halt'),
});
export type Freeze = z.infer<typeof Freeze>;

const AlarmName = pattern(/^[^\p{C}*]{1,255}$/u, "an alarm's whole name, such as checkout-5xx");

/** What an environment or a team may demand beyond `safety`. null = nothing more. The strictest of all that apply counts. */
const scope = {
  approvers: Approvers,
  level_approvers: LevelApprovers,
  quorum: Quorum,
  second_channel: SecondChannel.nullable().default(null),
  auto_approve_reads: Switch.nullable().default(null),
  max_targets: wholeNumber(1, maximumTargets).nullable().default(null),
  timeout: duration('1s', longestWait).nullable().default(null),
  freeze: list(Freeze, 'freeze windows').default([]),
  /** While one of these is in ALARM nothing is changed, and what was begun is undone. By name, in the account of the deployment. */
  stop_alarms: list(AlarmName, 'names of alarms that stop what is under way').default([]),
};

const AccountEntry = z.union([Account, section({ account: Account, region: Region })], {
  error: 'must be an account id of 12 digits in quotes, or { account: "123456789012", region: eu-central-1 }',
});

const Environment = section({ accounts: list(AccountEntry, 'accounts').default([]), ...scope });
const Team = section(scope);
export type Scope = z.infer<typeof Team>;

/** `min_confidence`: below it every step asks. `max_autonomous_actions`: sends above read_only under a standing approval, per incident (an incident makes at most 100). */
function tier(minimumConfidence: number, autonomousActions: number, haltOnFailure: boolean) {
  return section({
    min_confidence: Fraction.default(minimumConfidence),
    max_autonomous_actions: wholeNumber(0, 100).default(autonomousActions),
    halt_on_failure: Switch.default(haltOnFailure),
  }).prefault({});
}

const criticalTier = section({
  min_confidence: Fraction.default(1),
  max_autonomous_actions: z.literal(0, { error: 'must be 0: critical is never autonomous' }).default(0),
  halt_on_failure: Switch.default(true),
}).prefault({});

/** The numbers are those of the Incident Runbook Agent's four tiers. */
const Tiers = section(
  { low: tier(0.3, 10, false), medium: tier(0.6, 5, false), high: tier(0.8, 2, true), critical: criticalTier },
  'tier',
);

const StandingApproval = section({
  environment: ScopeName,
  level: z
    .literal('modifying', {
      error: 'must be modifying: reads need no standing approval, destructive steps never get one',
    })
    .nullable()
    .default(null),
  runbook_digest: Sha256.nullable().default(null),
  step: wholeNumber(1, 30).nullable().default(null),
  /** By name of a parameter the values that an alarm may give it: with any other a person is asked. */
  parameters: z
    .record(
      pattern(/^[a-z][a-z0-9_]{0,39}$/, "a parameter's name, such as unit"),
      list(pattern(/^[^\p{C}]{1,1000}$/u, 'a value, in quotes, such as "nginx.service"'), 'values, in quotes').min(1, {
        error: 'must list at least one value',
      }),
      { error: "must be a map from a runbook's parameters to lists of values" },
    )
    .default({}),
  owner: Words,
  reason: Words,
  granted: Instant,
  expires: Instant,
});
export type StandingApproval = z.infer<typeof StandingApproval>;

const Llm = section({
  enabled: Switch.default(true),
  id: pattern(/^[A-Za-z0-9][A-Za-z0-9._:/-]{0,127}$/, "a model's id such as claude-sonnet-5-5").default(
    'claude-sonnet-5-5',
  ),
  /** Anything that speaks the Messages API; null = Anthropic's own. */
  base_url: ServiceUrl.nullable().default(null),
  /** Questions in an hour; then planning is deterministic. An incident asks two at most, and usually none: votes are remembered. */
  calls_per_hour: wholeNumber(10, 100_000).default(200),
});

/** The whole file, key by key; `schema.ts` adds what one key demands of another. */
export const PolicyKeys = section(
  {
    mode: z.enum(['dry_run', 'live'], { error: 'must be dry_run or live' }).default('dry_run'),
    safety: Safety.prefault({}),
    people: list(Person, 'people: { name, slack, iam }').default([]),
    /** Roles whose trust makes the name of a session one person's; the session of any other role is nobody. */
    trusted_session_roles: list(RoleArn, 'ARNs of roles').default([]),
    groups: z.record(PersonName, Group, { error: 'must be a map from names to groups' }).default({}),
    approvers: list(PersonName, 'names from people or groups').default([]),
    level_approvers: LevelApprovers,
    /**
     * One person runs this: destructive steps in production need no second one and no second channel by default, and who
     * started or changed something may approve it. Every question says so.
     */
    single_operator: Switch.default(false),
    alarm_owners: list(AlarmOwners, 'alarm owners: { alarm, owners }').default([]),
    environments: z.record(ScopeName, Environment, { error: 'must be a map from names to environments' }).default({}),
    teams: z.record(ScopeName, Team, { error: 'must be a map from names to teams' }).default({}),
    tiers: Tiers.prefault({}),
    escalation: list(Escalation, 'escalations: { environment, level, levels, page_wait }').default([]),
    standing_approvals: list(StandingApproval, 'standing approvals').default([]),
    commands: list(OrganisationRule, 'commands: { match, level | forbid | ask, owner, reason }').default([]),
    kill_switch: KillSwitch.prefault({}),
    storms: Storms.prefault({}),
    llm: Llm.prefault({}),
    slack: Slack.prefault({}),
    deployment: Deployment.prefault({}),
    /** Where a runbook can be read, at the commit that is deployed: `{file}` stands for its path. Null = cards have no link to it. */
    runbook_url: ServiceUrl.refine((value) => value.split('{file}').length === 2, {
      error: 'must contain {file} once, as https://git.example.com/runbooks/blob/4f2c9e1/{file} does',
    })
      .nullable()
      .default(null),
  },
  'key',
  { model: 'it is called llm now: rename it, what stands under it stays' },
);
export type PolicyKeys = z.infer<typeof PolicyKeys>;
