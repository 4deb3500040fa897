/** `countersign incidents` and `logs`: what is open and waits, and what was logged, each as one line that a terminal only shows. */
import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBDocumentClient, GetCommand, QueryCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { logLine, showLogs } from '../../cli/incidents/logs.ts';
import { incidentLines, showIncidents } from '../../cli/incidents/show.ts';
import { functionNames } from '../../core/functions.ts';
import { progressOf } from '../../core/incident/progress.ts';
import { overviewOf } from '../../core/report/overview.ts';
import { ignoring, World } from '../support/world.ts';

const database = mockClient(DynamoDBDocumentClient);
const cloudwatch = mockClient(CloudWatchLogsClient);
let lines: string[] = [];
const errors: string[] = [];
beforeEach(() => {
  process.env.AWS_REGION = 'eu-central-1';
  lines = [];
  errors.length = 0;
  vi.spyOn(console, 'log').mockImplementation((line) => void lines.push(line));
  vi.spyOn(console, 'error').mockImplementation((line) => void errors.push(line));
});
afterEach(() => {
  vi.restoreAllMocks();
  database.reset();
  cloudwatch.reset();
});

/** An incident of the world that waits at its first question, as the tables hold it. */
async function waiting() {
  const world = new World();
  const id = await world.ring();
  const stop = new Error('enough');
  await world
    .run(id, async () => {
      throw stop;
    })
    .catch(() => {});
  const items = (await world.audit.items(id)).filter(
    ({ text }) => !text.includes('"kind":"incident_closed"') && !text.includes('"kind":"people_told"'),
  );
  return { world, id, items };
}

function stored(id: string, items: readonly { place: number; text: string }[]): void {
  database.on(QueryCommand).resolves({ Items: [] });
  database.on(ScanCommand).resolves({ Items: [] });
  database.on(GetCommand).resolves({});
  const open = { TableName: 'countersign-work', ExpressionAttributeValues: { ':pk': 'OPEN' } };
  database.on(QueryCommand, open).resolves({ Items: [{ pk: 'OPEN', sk: id }] });
  const chain = { TableName: 'countersign-audit', ExpressionAttributeValues: { ':chain': id } };
  database
    .on(QueryCommand, chain)
    .resolves({ Items: items.map(({ place, text }) => ({ pk: id, sk: place, entry: text })) });
}

const now = new Date('2026-11-21T03:05:00Z');

describe('incidents', () => {
  test('an open one, and below it what waits for whom, how long', async () => {
    const { id, items } = await waiting();
    stored(id, items);
    await showIncidents({}, now);
    expect(lines[0]).toMatch(new RegExp(`^${id} {2}2026-11-21T03:00:.*open {2}fix-web → fix, `));
    expect(lines[1]).toMatch(
      /^ {2}waits: 2\.run\.1\.1 Restart \(modifying\) on i-0123456789abcdef0; asks 1 of ana; \d+ min left$/,
    );
    expect(lines).toHaveLength(2);
  });

  test('--json has the script that would run', async () => {
    const { id, items } = await waiting();
    stored(id, items);
    await showIncidents({ json: true }, now);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      incidentId: id,
      status: 'open',
      waiting: [{ script: 'systemctl restart web', approvers: ['ana'], said: [] }],
    });
  });

  test('--since brings those that are over', async () => {
    const world = new World();
    const id = await world.ring();
    expect(await world.run(id)).toBeTruthy();
    stored(id, await world.audit.items(id));
    database.on(ScanCommand, { TableName: 'countersign-audit' }).resolves({
      Items: [
        { pk: id, sk: 1 },
        { pk: 'DAY#2026-11-21#0', sk: 1 },
      ],
    });
    await showIncidents({ since: '7d' }, now);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/ {2}(resolved|unverified|recovered) {2}fix-web → fix/);
  });

  test('an expired question says so; nothing open is said', async () => {
    const { world, id } = await waiting();
    const { entries } = world.reading(id);
    const open = entries.filter(({ kind }) => kind !== 'incident_closed');
    const [, line] = incidentLines([overviewOf(id, open, progressOf(open, null))], new Date('2026-11-22T00:00:00Z'));
    expect(line).toContain('its time is over');
    expect(incidentLines([], now)).toEqual(['no incident is open']);
  });

  test('a time that is none is refused', async () => {
    await expect(showIncidents({ since: 'yesterday' }, now)).rejects.toThrow('--since "yesterday" is no time');
  });
});

describe('logs', () => {
  const message = JSON.stringify({
    level: 'INFO',
    message: 'invocation',
    incidentId: 'inc-1',
    decision: 'ask',
    milliseconds: 12,
    service: 'countersign',
  });

  test('of an incident: all functions, from before it opened, oldest first', async () => {
    const { id, items } = await waiting();
    stored(id, items);
    cloudwatch.on(FilterLogEventsCommand).resolves({ events: [] });
    cloudwatch
      .on(FilterLogEventsCommand, { logGroupName: '/aws/lambda/countersign-gate' })
      .resolves({ events: [{ timestamp: 2000, message }] });
    cloudwatch
      .on(FilterLogEventsCommand, { logGroupName: '/aws/lambda/countersign-triage' })
      .resolves({ events: [{ timestamp: 1000, message: 'START RequestId: 1\n' }] });
    cloudwatch
      .on(FilterLogEventsCommand, { logGroupName: '/aws/lambda/countersign-tell' })
      .rejects(Object.assign(new Error('gone'), { name: 'ResourceNotFoundException' }));
    await showLogs(id, { since: '1h' }, now);
    expect(lines).toEqual([
      '1970-01-01T00:00:01.000Z  triage            START RequestId: 1',
      '1970-01-01T00:00:02.000Z  gate              invocation  decision=ask  milliseconds=12',
    ]);
    const asked = cloudwatch.commandCalls(FilterLogEventsCommand).map(({ args }) => args[0].input);
    expect(asked).toHaveLength(functionNames.length);
    for (const { filterPattern, startTime } of asked) {
      expect(filterPattern).toBe(`"${id}"`);
      expect(startTime).toBeLessThan(Date.parse('2026-11-21T03:00:00Z'));
    }
  });

  test('of a function: its own group, since an hour, as it was written with --json', async () => {
    cloudwatch.on(FilterLogEventsCommand).resolves({ events: [{ timestamp: 1000, message }] });
    await showLogs('countersign-slack', { since: '1h', json: true }, now);
    expect(lines).toEqual([message]);
    const [call] = cloudwatch.commandCalls(FilterLogEventsCommand);
    expect(call?.args[0].input).toMatchObject({
      logGroupName: '/aws/lambda/countersign-slack',
      startTime: now.getTime() - 3_600_000,
    });
  });

  test('more than is printed, and nothing at all, are said', async () => {
    const events = Array.from({ length: 5_001 }, (_, index) => ({ timestamp: index, message: 'x' }));
    cloudwatch.on(FilterLogEventsCommand).resolvesOnce({ events }).resolves({ events: [] });
    await showLogs('slack', { since: '1h' }, now);
    expect([lines.length, errors.join()]).toEqual([5_000, expect.stringContaining('more than 5000 lines')]);
    await showLogs('slack', { since: '1h' }, now);
    expect(errors.at(-1)).toBe('nothing was logged');
  });

  test('what is neither is named with what there is', async () => {
    await expect(showLogs('nobody', { since: '1h' }, now)).rejects.toThrow(
      /"nobody" is no incident id, and no function; functions are triage, /,
    );
  });

  test('an incident that is not there', async () => {
    stored('inc-other', []);
    await expect(showLogs(`inc-${'0'.repeat(20)}`, { since: '1h' }, now)).rejects.toThrow(/there is no incident inc-0/);
  });

  test('a line with sequences in it is one line, shown', () => {
    const line = logLine({ at: 0, group: '/aws/lambda/countersign-plan', message: '{"message":"a\\u001b[2J\\nb"}' });
    expect(line).toContain('a\\u{1b}[2J ⏎ b');
  });
});

test('an incident of the world that nobody answers lists nothing once it is over', async () => {
  const world = new World();
  const id = await world.ring();
  await world.run(id, ignoring);
  const { entries } = world.reading(id);
  expect(overviewOf(id, entries, progressOf(entries, null))).toMatchObject({
    status: 'expired',
    waiting: [],
    closedAt: expect.any(String),
  });
});
