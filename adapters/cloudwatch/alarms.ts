/** CloudWatch: alarms as CloudWatch tells them to our own credentials, one or many at once. */

import {
  CloudWatchClient,
  DescribeAlarmContributorsCommand,
  DescribeAlarmsCommand,
  type DescribeAlarmsCommandOutput,
  ListAlarmMuteRulesCommand,
  ListTagsForResourceCommand,
} from '@aws-sdk/client-cloudwatch';
import { type Alarm, alarmFromCloudWatch, type Listing } from '../../core/alarm/alarm.ts';
import { parseAlarmArn } from '../../core/alarm/envelope.ts';
import type { Evidence } from '../../core/alarm/evidence.ts';
import { isoOf } from '../../core/time.ts';
import { patience, readingTries } from '../patience.ts';
import { evidenceOf } from './evidence.ts';

/** An alarm, or one time series of it. */
export interface AlarmPart {
  readonly alarmArn: string;
  readonly contributorId: string | null;
}

export interface Alarms {
  /** Null when CloudWatch does not know the alarm, or knows another of that name. */
  read(alarmArn: string, contributorId: string | null): Promise<Alarm | null>;
  /** Many at once and without their tags, in the order of `parts`; at most 100 alarms a call, as CloudWatch takes them. */
  readMany(parts: readonly AlarmPart[]): Promise<PromiseSettledResult<Omit<Alarm, 'tags'> | null>[]>;
  /** How alarms stand, by name; null for one that there is not. */
  states(names: readonly string[]): Promise<Record<string, string | null>>;
  tags(alarmArn: string): Promise<Record<string, string>>;
  /** Those of these names that an alarm mute rule mutes now. */
  muted(names: readonly string[]): Promise<Set<string>>;
  /** The metric's last hour in words, and the alarm's own reason. A metric that cannot be read is said so. */
  evidence(alarm: Alarm): Promise<Evidence[]>;
}

export type CloudWatch = Pick<CloudWatchClient, 'send'>;

/** Six tries of 2.5 s are the 15 s that the three of other services have. */
export function openCloudWatch(): CloudWatchClient {
  return new CloudWatchClient({ requestHandler: patience(2_500), ...readingTries() });
}

export function alarms(client: CloudWatch, now: () => number): Alarms {
  const tags = (alarmArn: string) => tagsOf(client, alarmArn);
  return {
    async read(alarmArn, contributorId) {
      const name = parseAlarmArn(alarmArn)?.name;
      if (name === undefined) return null;
      // At once, since the ARN is known; what CloudWatch says of an alarm that is not there does not matter.
      const [entries, ownTags, contributors] = await Promise.all([
        describe(client, [name]),
        settled(tags(alarmArn)),
        settled(contributorId === null ? null : contributorsOf(client, name, now)),
      ]);
      const entry = entries.get(alarmArn);
      return entry === undefined
        ? null
        : alarmFromCloudWatch(entry, ownTags(), listingOf(contributorId, contributors()));
    },
    async readMany(parts) {
      const names = new Set(parts.flatMap(({ alarmArn }) => parseAlarmArn(alarmArn)?.name ?? []));
      const entries = await describe(client, [...names]);
      const listings = new Map<string, Promise<Contributors>>();
      return Promise.allSettled(
        parts.map(async ({ alarmArn, contributorId }) => {
          const name = parseAlarmArn(alarmArn)?.name;
          const entry = entries.get(alarmArn);
          if (name === undefined || entry === undefined) return null;
          if (contributorId !== null && !listings.has(name)) listings.set(name, contributorsOf(client, name, now));
          const contributors = contributorId === null ? null : ((await listings.get(name)) ?? null);
          const { tags: _, ...alarm } = alarmFromCloudWatch(entry, {}, listingOf(contributorId, contributors));
          return alarm;
        }),
      );
    },
    async states(names) {
      const entries = [...(await describe(client, names)).values()];
      const stateOf = (name: string) => entries.find(({ AlarmName }) => AlarmName === name)?.StateValue ?? null;
      return Object.fromEntries(names.map((name) => [name, stateOf(name)]));
    },
    tags,
    muted: (names) => mutedOf(client, names),
    evidence: (alarm) => evidenceOf(client, alarm, now()),
  };
}

/** What to do with the result once it is known whether it matters: a failed promise throws then, and not before. */
async function settled<T>(work: Promise<T> | T): Promise<() => T> {
  const [result] = await Promise.allSettled([work]);
  return () => {
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  };
}

/** The most that DescribeAlarms takes, and that it answers in a page, when it is asked to. */
const mostNames = 100;

/** Without AlarmTypes CloudWatch answers with metric alarms alone. */
const everyType = ['MetricAlarm', 'CompositeAlarm', 'LogAlarm'] as const;

type Entry = NonNullable<DescribeAlarmsCommandOutput['MetricAlarms' | 'CompositeAlarms' | 'LogAlarms']>[number];

/** Entries by ARN. */
async function describe(client: CloudWatch, names: readonly string[]): Promise<Map<string, Entry>> {
  const found = new Map<string, Entry>();
  for (let first = 0; first < names.length; first += mostNames) {
    const AlarmNames = names.slice(first, first + mostNames);
    const input = { AlarmNames, AlarmTypes: [...everyType], MaxRecords: mostNames };
    for await (const page of pagesOf((token) => client.send(new DescribeAlarmsCommand({ ...input, ...token }))))
      for (const entry of [page.MetricAlarms, page.CompositeAlarms, page.LogAlarms].flatMap((list) => list ?? []))
        found.set(String(entry.AlarmArn), entry);
  }
  return found;
}

async function tagsOf(client: CloudWatch, ResourceARN: string): Promise<Record<string, string>> {
  const { Tags } = await client.send(new ListTagsForResourceCommand({ ResourceARN }));
  return Object.fromEntries((Tags ?? []).map(({ Key, Value }) => [String(Key), String(Value)]));
}

interface Contributors {
  readonly entries: ReadonlyMap<string, unknown>;
  readonly at: string;
}

/** All pages: who is on none of them is not in ALARM, which half a list cannot say. */
async function contributorsOf(client: CloudWatch, AlarmName: string, now: () => number): Promise<Contributors> {
  const entries = new Map<string, unknown>();
  const ask = (token: Token) => client.send(new DescribeAlarmContributorsCommand({ AlarmName, ...token }));
  for await (const page of pagesOf(ask))
    for (const entry of page.AlarmContributors ?? []) entries.set(String(entry.ContributorId), entry);
  return { entries, at: isoOf(now()) };
}

function listingOf(contributorId: string | null, contributors: Contributors | null): Listing | null {
  if (contributorId === null || contributors === null) return null;
  return { contributorId, entry: contributors.entries.get(contributorId) ?? null, at: contributors.at };
}

/** Most accounts have no rule in force, which one call says for all alarms; only then each is asked for. */
async function mutedOf(client: CloudWatch, names: readonly string[]): Promise<Set<string>> {
  const muted = new Set<string>();
  if (names.length === 0 || !(await hasRule(client, {}))) return muted;
  for (const AlarmName of names) if (await hasRule(client, { AlarmName })) muted.add(AlarmName);
  return muted;
}

async function hasRule(client: CloudWatch, which: { AlarmName?: string }): Promise<boolean> {
  const ask = (token: Token) =>
    client.send(new ListAlarmMuteRulesCommand({ ...which, Statuses: ['ACTIVE'], ...token }));
  for await (const { AlarmMuteRuleSummaries: rules = [] } of pagesOf(ask)) if (rules.length > 0) return true;
  return false;
}

type Token = { NextToken?: string };

/** A token that leads back to its own page would never end. */
async function* pagesOf<T extends { NextToken?: string | undefined }>(ask: (token: Token) => Promise<T>) {
  let token: string | undefined;
  do {
    const page = await ask(token === undefined ? {} : { NextToken: token });
    yield page;
    if (page.NextToken && page.NextToken === token) throw new Error('CloudWatch answered a page with its own token');
    token = page.NextToken || undefined;
  } while (token !== undefined);
}
