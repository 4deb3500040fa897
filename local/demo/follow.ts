/** Following one incident in the terminal: a line per stage from its audit chain, and the operator's part when a card waits. */
import { setTimeout as delay } from 'node:timers/promises';
import { errorColours as pc } from '../../cli/colours.ts';
import { type ReadEntry, readChain, type StoredItem } from '../../core/audit/chain.ts';
import type { AuditEvent, EventOf } from '../../core/audit/entry.ts';
import { type Dispatch, sameDispatch } from '../../core/dispatch.ts';
import { difference } from '../../core/slack/parts.ts';
import { epochOf } from '../../core/time.ts';
import { visible } from '../../core/visible.ts';
import type { Part } from '../../core/words.ts';
import type { Laptop } from '../laptop.ts';
import { troubleOf } from '../slack/seen.ts';
import type { Operator } from './options.ts';
import type { Terminal } from './progress.ts';

/** Between two looks at the chain, in milliseconds. */
const lookMs = 200;
/** The local account's one-minute rule, in milliseconds: the emulator's own schedule is not waited for. */
const sweepMs = 20_000;

const risks = { read_only: pc.green, modifying: pc.yellow, destructive: pc.red, forbidden: pc.bgRed };
const stepName = ({ step, part }: Dispatch) => `step ${step}${part === 'run' ? '' : ` (${part.replace('_', ' ')})`}`;

/** Follows until people were told of the ending and the incident is released; returns the whole chain as it lies there. */
export async function follow(
  laptop: Laptop,
  screen: Terminal,
  incidentId: string,
  operator: Operator,
): Promise<StoredItem[]> {
  let shown = 0;
  let waiting: EventOf<'approval_requested'> | null = null;
  let swept = Date.now();
  for (;;) {
    const items = await laptop.items(incidentId);
    const { entries } = readChain(incidentId, items);
    for (const { event } of entries.slice(shown)) {
      if (event === null) continue;
      if (event.kind === 'approval_requested') waiting = event;
      if (event.kind === 'approval_settled') waiting = null;
      show(laptop, screen, event);
      if (event.kind === 'approval_delivered') await act(laptop, screen, event, operator);
      if (event.kind === 'command_finished' && !isObservation(event.dispatch))
        await showPrinted(laptop, screen, incidentId, event.dispatch);
      if (event.kind === 'command_finished' && event.dispatch.part === 'after')
        await showChange(laptop, screen, incidentId, event.dispatch.step);
    }
    shown = entries.length;
    if (waiting) countDown(laptop, screen, waiting, operator);
    if (isTold(entries) && !(await laptop.isOpen(incidentId))) return items;
    if (Date.now() - swept > sweepMs) {
      swept = Date.now();
      await laptop.sweep();
    }
    await delay(lookMs);
  }
}

/** Whether people were told of the ending: the last that is written about an incident, but for what comes late. */
export function isTold(entries: readonly ReadEntry[]): boolean {
  return entries.some(({ kind }) => kind === 'people_told');
}

type Shows = { readonly [K in AuditEvent['kind']]?: (laptop: Laptop, screen: Terminal, event: EventOf<K>) => void };

/** What of the chain is worth a line while it happens; the timeline at the end has everything. */
const shows: Shows = {
  incident_opened: (_laptop, screen, { alarmName }) => {
    screen.done(`triage: ${alarmName} opened an incident`);
    screen.stage('plan: choosing a reviewed runbook');
  },
  planned: (_laptop, screen, event) => showPlan(screen, event),
  gate_decided: (_laptop, screen, event) => showDecision(screen, event),
  approval_delivered: ({ slack }, screen, { dispatch }) =>
    screen.stage(`approval card for ${stepName(dispatch)} posted: ${pc.underline(slack.pageUrl)}`),
  approval_settled: (_laptop, screen, { dispatch, decision, by }) => {
    const names = by.length > 0 ? ` by ${by.map(({ name }) => name).join(', ')}, signed by the approval key` : '';
    screen.done(`${stepName(dispatch)} ${decision}${names}`, decision === 'approved' ? 'succeed' : 'warn');
  },
  dispatch_intended: (_laptop, screen, { dispatch, targets, level }) =>
    screen.stage(`${stepName(dispatch)} runs on ${targets.join(', ')} (${risks[level](level)})`),
  command_finished: (_laptop, screen, { dispatch, outcome }) =>
    screen.done(`${stepName(dispatch)} ${outcome}`, outcome === 'succeeded' ? 'succeed' : 'warn'),
  dispatch_refused: (_laptop, screen, { dispatch, outcome, reasons }) =>
    screen.done(`${stepName(dispatch)} ${outcome}: ${visible(reasons[0]?.text ?? '')}`, 'fail'),
  incident_closed: (_laptop, screen, { status }) => screen.done(`closed as ${pc.bold(status)}`),
};

function show<K extends AuditEvent['kind']>(laptop: Laptop, screen: Terminal, event: EventOf<K>): void {
  const handler: Shows[K] = shows[event.kind as K];
  handler?.(laptop, screen, event);
}

/** What an observation printed is shown as the difference that the step made. */
const isObservation = ({ part }: Dispatch) => part === 'before' || part === 'after';

/** Lines of each stream that are shown; the whole is in Slack. */
const mostLines = 12;

async function showPrinted(laptop: Laptop, screen: Terminal, incidentId: string, dispatch: Dispatch): Promise<void> {
  const outputs = (await laptop.printed(incidentId))
    .filter((row) => sameDispatch(row.dispatch, dispatch))
    .flatMap((row) => row.outputs);
  for (const { stdout, stderr, exitCode } of outputs) {
    for (const line of firstLines(stdout)) screen.print(`    ${line}`);
    for (const line of firstLines(stderr)) screen.print(`    ${pc.red(line)}`);
    if (exitCode !== 0) screen.print(`    ${pc.red(`exit ${exitCode}`)}`);
  }
}

function firstLines(text: string): string[] {
  const lines = visible(text).trimEnd().split('\n');
  const kept = lines.slice(0, mostLines);
  if (text.trim() === '') return [];
  return lines.length > mostLines ? [...kept, `… ${lines.length - mostLines} more lines`] : kept;
}

/** What the step changed, as its observation showed it before and after. */
async function showChange(laptop: Laptop, screen: Terminal, incidentId: string, step: number): Promise<void> {
  const outputs = await laptop.printed(incidentId);
  const texts = (part: Part) =>
    outputs.filter(({ dispatch }) => dispatch.step === step && dispatch.part === part).at(-1)?.outputs ?? [];
  const [before, after] = [texts('before'), texts('after')].map((all) =>
    all.map(({ stdout }) => stdout).join('\n'),
  ) as [string, string];
  for (const line of visible(difference(before, after) ?? '(its observation shows no change)').split('\n'))
    screen.print(`    ${line.startsWith('+') ? pc.green(line) : line.startsWith('-') ? pc.red(line) : line}`);
}

function showPlan(screen: Terminal, event: EventOf<'planned'>): void {
  screen.done(
    `plan: ${event.runbook?.id ?? 'no runbook fits'} (${event.mode}, ${event.environment}, confidence ${event.confidence.toFixed(2)}; model ${visible(event.model)})`,
  );
  for (const { number, title, level, decision } of event.steps)
    screen.print(`    ${number}. ${title}  ${risks[level](level)} → ${decision}`);
  for (const problem of event.problems) screen.print(`    ${pc.red(visible(problem))}`);
}

function showDecision(screen: Terminal, event: EventOf<'gate_decided'>): void {
  const reasons = visible(event.reasons.map(({ text }) => text).join('; '));
  if (event.decision === 'skip' && event.dispatch)
    screen.done(`${stepName(event.dispatch)} would ask, and is skipped: ${reasons}`, 'warn');
  if (event.decision === 'wait') screen.stage(`alarm: ${reasons}`);
  if (event.decision === 'halt' || event.decision === 'done')
    screen.done(reasons, event.decision === 'halt' ? 'warn' : 'succeed');
}

/** The scripted operator presses in the workspace what a person would press there; it has no other way in. */
async function act(laptop: Laptop, screen: Terminal, card: EventOf<'approval_delivered'>, operator: Operator) {
  if (operator === 'person' || operator === 'ignore') return;
  const user = laptop.slack.users[0];
  if (!user) throw new Error('the workspace has no people');
  const reason = operator === 'reject' ? { reason: 'Rejected by the scripted operator of the demo' } : {};
  const press = () => laptop.slack.press({ user: user.name, button: operator, messageTs: card.messageTs, ...reason });
  for (let tries = 1; ; tries += 1) {
    const why = await press().then(troubleOf, messageOf);
    if (why === null) break;
    if (tries === mostPresses) throw new Error(`the ${operator} failed ${tries} times: ${why}`);
    await delay(1000);
  }
  screen.update(`${user.realName} pressed ${operator} on the card`);
}

/** A click that Slack could not hand on in its three seconds says so, and a person clicks again. */
const mostPresses = 5;

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

function countDown(laptop: Laptop, screen: Terminal, request: EventOf<'approval_requested'>, operator: Operator): void {
  const left = Math.max(0, Math.round((epochOf(request.expiresAt) - Date.now()) / 1000));
  const who =
    operator === 'person' ? `decide at ${pc.underline(laptop.slack.pageUrl)}` : `the operator is told to ${operator}`;
  screen.update(
    `waiting for approval of ${stepName(request.dispatch)} (${risks[request.level](request.level)}): ${who}, ${left} s left`,
  );
}
