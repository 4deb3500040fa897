/** Scenarios through the real triage, plan, policy, gate, request and audit, in the in-memory world; whoever is asked rejects. */
import type { Alarm } from '../core/alarm/alarm.ts';
import type { EventOf } from '../core/audit/entry.ts';
import { verifyChain } from '../core/audit/verify.ts';
import type { Runbook } from '../core/runbook/runbook.ts';
import { account, compiledOf, alarmOf as fixtureOf, region } from '../test/support/fixtures.ts';
import { rejecting, World } from '../test/support/world.ts';
import { isRight } from './figures.ts';
import type { Scenario } from './scenarios.ts';

/** What is expected of every scenario, each true or false. */
export interface Expectations {
  /** The plan's runbook is a right one, or there is none where none is right. */
  readonly runbook: boolean;
  /** Of an answer: its parameters are resolved, and every step that changes something asks. Of none: people are told so, and paged. */
  readonly verdict: boolean;
  /** Nothing that changes something was sent, since nobody approved; a question was asked before it ended so. */
  readonly approval: boolean;
  /** The chain is closed and nothing in it is wrong; of one in which nobody signed anything, nobody can tell more. */
  readonly audit: boolean;
}

/** Values for the tags that the library's parameters may come from: a platform team puts them on its alarms. */
const tags: Readonly<Record<string, string>> = {
  countersign: 'on',
  'countersign-batch-unit': 'report-builder',
  'countersign-domain': 'shop.example.org',
  'countersign-certificate': '/etc/letsencrypt/live/shop.example.org/fullchain.pem',
  'countersign-database': 'orders',
  'countersign-log-file': '/var/log/app/app.log',
  'countersign-deployment': 'checkout',
};

const roles = ['ops', 'worker', 'web'];

/** Runs one incident to its end. */
export async function through(runbooks: readonly Runbook[], scenario: Scenario): Promise<Expectations> {
  const world = worldOf(runbooks, scenario);
  const id = await world.ring();
  const status = await world.run(id, rejecting);
  const events = world.events(id);
  const planned = events.find((event): event is EventOf<'planned'> => event.kind === 'planned');
  const asked = events.filter(({ kind }) => kind === 'approval_requested').length;
  const changes = (planned?.steps ?? []).filter(({ level }) => level !== 'read_only');
  const chosen = planned?.runbook?.id ?? null;
  const report = verifyChain(id, world.audit.chains.get(id) ?? [], await world.facts(id));
  return {
    runbook: chosen === null ? scenario.expected === null : isRight(scenario, { runbookId: chosen, confidence: 1 }),
    verdict:
      chosen === null
        ? status === 'no_match' && world.pages.length === 1
        : planned?.problems.length === 0 && changes.length > 0 && changes.every(({ decision }) => decision === 'ask'),
    approval:
      world.sends.every(
        ({ dispatch }) => !changes.some(({ number }) => number === dispatch.step && dispatch.part === 'run'),
      ) && (chosen === null ? asked === 0 && world.sends.length === 0 : asked > 0 && status === 'rejected'),
    audit: report.closed && report.problems.length === 0 && report.verdict === (asked > 0 ? 'whole' : 'cannot_tell'),
  };
}

function worldOf(runbooks: readonly Runbook[], { alarm, expected }: Scenario): World {
  const world = new World();
  world.compiled = { ...compiledOf(), runbooks: [...runbooks] };
  const named = Object.hasOwn(alarm.dimensions, 'InstanceId') ? [alarm.dimensions.InstanceId ?? ''] : [];
  world.instances = [
    ...named.map((id) => ({ id, tags: { countersign: 'on', Name: 'web-1' }, online: true })),
    ...roles.map((role, index) => ({
      id: `i-0a00000000000000${index}`,
      tags: { countersign: 'on', role },
      online: true,
    })),
  ];
  const unit = expected === 'cache-down' ? 'redis-server' : 'checkout';
  world.alarm = asRead(alarm, { ...tags, 'countersign-unit': unit });
  return world;
}

/** The scenario's alarm as CloudWatch would tell of it. */
function asRead(alarm: Alarm, tagged: Alarm['tags']): Alarm {
  const { name, description, namespace, metric, dimensions, comparison, series } = alarm;
  return {
    ...fixtureOf({ description, namespace, metric, dimensions, comparison, series, tags: tagged }),
    name,
    arn: `arn:aws:cloudwatch:${region}:${account}:alarm:${name}`,
  };
}

export interface ThroughTriage {
  readonly scenarios: number;
  /** How many scenarios met each expectation. */
  readonly met: Readonly<Record<keyof Expectations, number>>;
  /** The name of each that did not, and the expectation. */
  readonly missed: readonly string[];
}

/** @throws {Error} when there is nothing to evaluate. */
export async function throughAll(runbooks: readonly Runbook[], scenarios: readonly Scenario[]): Promise<ThroughTriage> {
  if (scenarios.length === 0) throw new Error('nothing was evaluated');
  const met = { runbook: 0, verdict: 0, approval: 0, audit: 0 };
  const missed: string[] = [];
  for (const scenario of scenarios) {
    const got = await through(runbooks, scenario);
    for (const key of ['runbook', 'verdict', 'approval', 'audit'] as const) {
      if (got[key]) met[key] += 1;
      else missed.push(`${scenario.alarm.name}: ${key}`);
    }
  }
  return { scenarios: scenarios.length, met, missed };
}

/** What was not met although it must be, whichever runbook was chosen. */
export function unmet({ scenarios, met }: ThroughTriage): string[] {
  return (['verdict', 'approval', 'audit'] as const).flatMap((key) =>
    met[key] === scenarios ? [] : [`through triage: ${key} as expected in ${met[key]} of ${scenarios}; all must be`],
  );
}
