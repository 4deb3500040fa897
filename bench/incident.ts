/**
 * One incident on the deployed local AWS, at true waits and with a model that takes a second: ten steps, of which four ask
 * and are approved as soon as their card is out. `npm run bench -- incident --json` ends with one JSON line.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import {
  GetFunctionConfigurationCommand,
  LambdaClient,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import { GetExecutionHistoryCommand, SFNClient } from '@aws-sdk/client-sfn';
import { LLMock } from '@copilotkit/aimock';
import type { ReadEntry } from '../core/audit/chain.ts';
import type { AuditEvent, EventOf } from '../core/audit/entry.ts';
import { functionNames } from '../core/functions.ts';
import { account, credentials, region } from '../local/emulator.ts';
import { type Laptop, startLaptop } from '../local/laptop.ts';
import { type Asked, inSequence, type Line, startTap, type Tap } from './tap.ts';

const modelMs = 1_000;
/** Added to every answer of AWS in the run in which round trips are counted. */
const roundTripMs = 25;
/** Between two looks at the chain, in milliseconds. */
const lookMs = 20;
const longestMs = 90_000;

/** Six reads, three changes and one that destroys, on the checkout service of web-1. */
const tenSteps: readonly string[] = [
  'systemctl status checkout --no-pager || true',
  'df -h /',
  'uptime',
  'free -m',
  'ls -l /var/log',
  'touch /tmp/countersign-bench',
  'chmod 600 /tmp/countersign-bench',
  'systemctl restart checkout',
  'rm -f /tmp/countersign-bench',
  'systemctl is-active checkout',
];

interface Run {
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly rang: number;
  readonly entries: readonly ReadEntry[];
  /** When each approval was pressed. */
  readonly pressed: readonly number[];
}

export async function incident(json: boolean): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-incident-'));
  const model = await slowModel();
  const line: Line = { asked: [], latency: 0 };
  const stops: (() => Promise<unknown>)[] = [() => model.stop()];
  try {
    writeFileSync(join(folder, 'ten.md'), runbook());
    const laptop = await startLaptop({
      mode: 'live',
      approvalSeconds: 300,
      modelKey: 'sk-ant-local-0123456789abcdefghijklmnop',
      modelUrl: model.url,
      runbookFolder: folder,
      onProgress: (text) => console.error(text),
    });
    stops.unshift(() => laptop.stop());
    stops.unshift(...(await tapped(laptop, line)).map((tap) => () => tap.stop()));
    // The first one is cold, and asks for the vote on the runbook that is kept.
    await run(laptop);
    const before = model.getRequests().length;
    const measured = await run(laptop);
    const modelCalls = model.getRequests().length - before;
    // What waits for what is seen where an answer takes longer than the next question does to set out.
    line.latency = roundTripMs;
    const slow = await run(laptop);
    const figures = {
      tenStep: { ...timesOf(measured), modelCalls },
      roundTrips: roundTripsOf(slow, line.asked),
      transitions: await transitionsOf(laptop, measured.id),
    };
    console.error(JSON.stringify(figures, null, 2));
    if (json) console.log(JSON.stringify({ bench: 'incident', ...figures }));
  } finally {
    for (const stop of stops) await stop().catch(() => {});
    rmSync(folder, { recursive: true, force: true });
  }
}

function runbook(): string {
  const steps = tenSteps.map((command, index) => {
    const number = `${index + 1}. `;
    return [
      `${number}Step ${index + 1}`,
      '',
      ...['```bash', command, '```'].map((line) => ' '.repeat(number.length) + line),
      '',
    ].join('\n');
  });
  return `---
id: ten
title: Ten steps
owner: bench
severity: low
match: { alarms: ['service-down-*'] }
targets: { from: alarm, max: 1 }
---

# Ten steps

${steps.join('\n')}`;
}

async function slowModel(): Promise<LLMock> {
  const mock = new LLMock({ port: 0, host: '127.0.0.1' });
  mock.on(
    { userMessage: 'riskier than its static floor' },
    { content: '{"steps":[]}' },
    { chaos: { latencyMs: modelMs } },
  );
  await mock.start();
  return mock;
}

/** Every service that the functions ask, behind a tap of its own. */
async function tapped({ emulator, node, cloudwatch }: Laptop, line: Line): Promise<Tap[]> {
  const behind = {
    DYNAMODB: emulator.endpoint,
    SFN: emulator.endpoint,
    KMS: emulator.endpoint,
    LAMBDA: emulator.endpoint,
    STS: emulator.endpoint,
    SNS: emulator.endpoint,
    SECRETS_MANAGER: emulator.endpoint,
    SSM: node.url,
    CLOUDWATCH: cloudwatch.url,
  };
  const taps = await Promise.all(
    Object.entries(behind).map(async ([service, url]) => ({ service, tap: await startTap(service, url, line) })),
  );
  const urls = Object.fromEntries(taps.map(({ service, tap }) => [`AWS_ENDPOINT_URL_${service}`, tap.url]));
  const lambda = new LambdaClient({ endpoint: emulator.endpoint, region, credentials });
  for (const name of functionNames) {
    const FunctionName = `countersign-${name}`;
    const { Environment } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
    const Variables = { ...Environment?.Variables, ...urls, AWS_SDK_UA_APP_ID: name };
    await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Environment: { Variables } }));
  }
  return taps.map(({ tap }) => tap);
}

/** One incident from its alarm to its end, every card approved at once. */
async function run(laptop: Laptop): Promise<Run> {
  const rang = Date.now();
  const id = await laptop.raiseAlarm('service-down');
  const pressed: number[] = [];
  for (;;) {
    const entries = await laptop.chain(id);
    const cards = eventsOf(entries, 'approval_delivered');
    for (const { event } of cards.slice(pressed.length)) {
      pressed.push(Date.now());
      await laptop.slack.press({ user: 'ana', button: 'approve', messageTs: event.messageTs });
    }
    if (entries.some(({ kind }) => kind === 'people_told') && !(await laptop.isOpen(id)))
      return { id, rang, entries, pressed };
    if (Date.now() - rang > longestMs) throw new Error(`bench: ${id} did not end within ${longestMs / 1000} s`);
    await delay(lookMs);
  }
}

/** Seconds from the opening to the first send and to the end of the last step. */
function timesOf({ entries }: Run) {
  const opened = eventsOf(entries, 'incident_opened')[0]?.at ?? Number.NaN;
  const sent = eventsOf(entries, 'command_sent')[0]?.at ?? Number.NaN;
  return { seconds: seconds(finishedAt(entries, tenSteps.length) - opened), firstStepSeconds: seconds(sent - opened) };
}

/** Milliseconds since 1970. */
function finishedAt(entries: readonly ReadEntry[], step: number): number {
  return eventsOf(entries, 'command_finished').find(({ event }) => event.dispatch.step === step)?.at ?? Number.NaN;
}

/** Round trips of which each waits for the one before. The way to the first card is without what its five steps before it cost: triage, plan, one gate, the question. */
function roundTripsOf({ rang, entries, pressed }: Run, asked: readonly Asked[]) {
  const planned = eventsOf(entries, 'planned')[0]?.at ?? Number.NaN;
  const toCard = [
    ...inSequence(asked, ['triage', 'plan'], rang, planned),
    ...inSequence(asked, ['gate', 'request-approval'], finishedAt(entries, 5), cardAfter(entries, asked)),
  ];
  const toSend = fromClickToSend(asked, pressed[0] ?? Number.NaN);
  for (const [name, way] of Object.entries({ 'alarm to card': toCard, 'click to send': toSend }))
    console.error(`${name}: ${way.map(({ by, operation }) => `${by} ${operation}`).join(', ')}`);
  return { alarmToCard: toCard.length, clickToSend: toSend.length };
}

/** When the card stood in the channel: what notes its place comes next, and keeps nobody waiting. The timestamp of its message says only the second. */
function cardAfter(entries: readonly ReadEntry[], asked: readonly Asked[]): number {
  const delivered = eventsOf(entries, 'approval_delivered')[0]?.at ?? Number.NaN;
  const noted = asked.findLast(
    ({ by, operation, to }) => by === 'request-approval' && operation === 'UpdateItem' && to <= delivered,
  );
  if (!noted) throw new Error('bench: the place of the first card was not noted');
  return noted.from;
}

/** What `decide` does beside its wake-up and after it keeps nobody waiting. */
function fromClickToSend(asked: readonly Asked[], clicked: number): readonly Asked[] {
  const first = (what: string) => asked.find(({ operation, from }) => operation === what && from > clicked);
  const [wake, send] = [first('SendTaskSuccess'), first('SendCommand')];
  if (!wake || !send) throw new Error('bench: the approved step was not woken or not sent');
  return [
    ...inSequence(asked, ['slack'], clicked, wake.from),
    ...inSequence(asked, ['decide'], clicked, wake.from),
    wake,
    ...inSequence(asked, ['settle', 'execute'], wake.from, send.from),
    send,
  ];
}

const seconds = (milliseconds: number): number => Number((milliseconds / 1000).toFixed(2));

function eventsOf<K extends AuditEvent['kind']>(entries: readonly ReadEntry[], kind: K) {
  return entries.flatMap(({ event, at }) =>
    event?.kind === kind ? [{ event: event as EventOf<K>, at: Date.parse(at) }] : [],
  );
}

/** States entered from one answer of the gate to the next, for dispatches that were asked and for those that were not. */
async function transitionsOf({ emulator }: Laptop, id: string) {
  const machine = new SFNClient({ endpoint: emulator.endpoint, region, credentials });
  const executionArn = `arn:aws:states:${region}:${account}:execution:countersign-incident:${id}`;
  const { events = [] } = await machine.send(new GetExecutionHistoryCommand({ executionArn, maxResults: 1000 }));
  const states = events.flatMap(({ stateEnteredEventDetails: at }) => (at?.name ? [at.name] : []));
  const rounds = states
    .join(' ')
    .split(/ (?=Gate )/)
    .map((round) => round.split(' '))
    .filter((round) => round.includes('Execute'));
  const mean = (of: readonly string[][]) =>
    Number((of.reduce((sum, { length }) => sum + length, 0) / of.length).toFixed(2));
  return {
    perReadDispatch: mean(rounds.filter((round) => !round.includes('Ask'))),
    perAskedDispatch: mean(rounds.filter((round) => round.includes('Ask'))),
  };
}
