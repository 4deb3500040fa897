/** `npm run demo`: one incident from alarm to verified audit on this machine, with the real app in a local AWS. */
import { once } from 'node:events';
import { errorColours as pc } from '../cli/colours.ts';
import { timeline } from '../cli/timeline.ts';
import { readChain } from '../core/audit/chain.ts';
import { verifyChain } from '../core/audit/verify.ts';
import { RunbookError } from '../core/runbook/problem.ts';
import { visible } from '../core/visible.ts';
import { leaveBundle } from './demo/bundle.ts';
import { follow } from './demo/follow.ts';
import { type DemoOptions, readOptions, swallowed } from './demo/options.ts';
import { type Own, readOwn } from './demo/own-runbooks.ts';
import { changedCondition, introduce, settingsOf } from './demo/own-words.ts';
import { type Terminal, terminal } from './demo/progress.ts';
import {
  countMutating,
  countShown,
  type DemoResult,
  exitCodeOf,
  isVerified,
  outcomeOf,
  spansOf,
  votesInWords,
} from './demo/result.ts';
import { awsEnvironment } from './emulator.ts';
import { stopOnRequest } from './end-of-run.ts';
import { incidentFor } from './incidents.ts';
import { type Laptop, startLaptop } from './laptop.ts';
import { readRealSlack } from './slack/real.ts';

/** Seconds an approval may wait: a person needs minutes, a demo of expiry should not. */
const approvalSeconds = { person: 600, approve: 60, reject: 60, ignore: 8 } as const;

const options = readOptions(process.argv.slice(2));
const screen = terminal();
const hint = swallowed(process.argv.slice(2), process.env);
if (hint) screen.print(pc.yellow(hint));
const running: { laptop: Laptop | null } = { laptop: null };
const abort = new AbortController();
stopOnRequest(async () => {
  abort.abort();
  screen.done('stopping', 'warn');
  await running.laptop?.stop();
});

try {
  process.exitCode = await demo();
} catch (error) {
  if (!abort.signal.aborted)
    for (const text of error instanceof RunbookError ? error.message.split('\n') : [messageOf(error)])
      screen.done(text, 'fail');
  process.exitCode = 1;
}
await running.laptop?.stop();
process.exit();

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

async function demo(): Promise<number> {
  const own = options.own && (await readOwn(options.own.runbooks, options.own.alarm));
  if (own) introduce(own, screen);
  const realSlack = options.realSlack ? readRealSlack(process.env) : null;
  const began = Date.now();
  screen.stage('starting the local AWS');
  const laptop = await startLaptop({
    mode: options.dryRun ? 'dry_run' : 'live',
    approvalSeconds: approvalSeconds[options.operator],
    modelKey: modelKey(options, screen),
    singleOperator: true,
    ...(own ? settingsOf(own) : {}),
    ...(realSlack ? { realSlack } : {}),
    onProgress: (text) => screen.stage(text),
  });
  running.laptop = laptop;
  const deployed = Date.now();
  screen.done(
    `deployed ${Object.keys(laptop.outputs).length > 0 ? 'countersign-data and countersign-response' : ''} to ${laptop.emulator.endpoint}, IAM enforced`,
  );
  const result = await oneIncident(laptop, own, { start: laptop.startMs, deploy: deployed - began - laptop.startMs });
  if (options.json) console.log(JSON.stringify(result));
  if (options.keep) await keep(laptop, own, result);
  return exitCodeOf(result, options.dryRun);
}

function modelKey({ realModel }: DemoOptions, say: Terminal): string | null {
  const key = process.env.ANTHROPIC_API_KEY;
  if (realModel && key) return key;
  say.print(
    realModel
      ? pc.yellow('--real-model needs ANTHROPIC_API_KEY; planning is deterministic.')
      : pc.dim('No model is asked: planning is deterministic. (ANTHROPIC_API_KEY and --real-model ask the real one.)'),
  );
  return null;
}

async function oneIncident(on: Laptop, own: Own | null, spent: { start: number; deploy: number }): Promise<DemoResult> {
  const began = Date.now();
  const sentBefore = on.node.commands.length;
  const raised = own?.raised ?? incidentFor(options.kind);
  screen.stage(`alarm: ${raised.fault ? `${raised.fault} on ${raised.host}, and ` : ''}publishing its metric`);
  const { incidentId, changed } = await on.raise(raised);
  screen.done(`alarm: ${visible(raised.alarm.AlarmName)} is in ALARM → incident ${pc.bold(incidentId)}`);
  if (changed) screen.print(changedCondition(raised));
  const items = await follow(on, screen, incidentId, options.operator, own !== null);
  const ended = Date.now();
  const { entries } = readChain(incidentId, items);
  const report = verifyChain(incidentId, items, await on.facts(incidentId));
  const auditVerified = isVerified(report, entries);
  for (const { place, problem } of report.problems) screen.print(`    entry ${place} ${problem}`);
  for (const { place, why } of report.cannotTell) screen.print(`    ${place === null ? '' : `entry ${place}: `}${why}`);
  screen.done(
    `audit: ${report.entries} entries, chain ${auditVerified ? 'verified' : report.verdict === 'broken' ? 'BROKEN' : 'not verified'}`,
    auditVerified ? 'succeed' : 'fail',
  );
  const verified = Date.now();
  screen.stage('exporting the bundle');
  const left = await leaveBundle(on, incidentId);
  screen.done(
    `bundle: ${left.file}, ${left.checkpoints} checkpoints; verified without the account: ${left.verdict.replace('_', ' ')}`,
    left.verdict === 'clean' ? 'succeed' : 'fail',
  );
  const first = entries[0] ? Date.parse(entries[0].at) : began;
  const result: DemoResult = {
    incidentId,
    ...outcomeOf(entries),
    commandsSent: on.node.commands.length - sentBefore,
    mutatingCommandsSent: await countMutating(on.node.commands.slice(sentBefore)),
    ...countShown(entries, await on.printed(incidentId), await on.slack.messages()),
    auditVerified,
    bundle: left.file,
    bundleVerdict: left.verdict,
    stages: { ...spent, alarm: Math.max(0, first - began), ...spansOf(entries), verify: verified - ended },
  };
  screen.print(`\n${pc.bold('Timeline')}`);
  for (const line of timeline(items)) screen.print(`  ${line}`);
  printStages(result);
  return result;
}

function printStages({ stages, status, ...counts }: DemoResult): void {
  const { commandsSent, mutatingCommandsSent, commandsFinished, outputsShown } = counts;
  const spent = Object.entries(stages).map(([stage, ms]) => `${stage} ${(ms / 1000).toFixed(1)}`);
  screen.print(`\n${pc.bold('Seconds')}   ${spent.join(' · ')}`);
  screen.print(
    `${pc.bold('Result')}    ${status}; ${commandsSent} commands sent, ${mutatingCommandsSent} of them above read_only, ${votesInWords(counts)}; ${options.realSlack ? 'what they printed is in Slack' : `people saw the output of ${outputsShown} of ${commandsFinished}`}`,
  );
}

/** Leaves everything running until Ctrl-C, and says how to play with it. */
async function keep(on: Laptop, own: Own | null, { incidentId }: DemoResult): Promise<void> {
  const { AWS_ENDPOINT_URL, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION } = awsEnvironment(
    on.emulator.endpoint,
    on.emulator.folder,
  );
  const names = { AWS_ENDPOINT_URL, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION };
  const exports = Object.entries(names).map(([name, value]) => `${name}=${value}`);
  screen.print(`
${pc.bold('It keeps running; Ctrl-C ends it and leaves nothing.')}
  Slack      ${on.slack.pageUrl}
  Raise the alarm again: press Enter here`);
  const verify = (id: string) =>
    screen.print(`  Verify     ${exports.join(' ')} npm run --silent countersign -- audit verify ${id}`);
  verify(incidentId);
  while (!abort.signal.aborted) {
    await once(process.stdin, 'data', { signal: abort.signal }).catch(() => {});
    if (!abort.signal.aborted) verify((await oneIncident(on, own, { start: 0, deploy: 0 })).incidentId);
  }
}
