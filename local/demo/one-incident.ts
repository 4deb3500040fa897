/** One incident of the demo, from its alarm to its verified bundle. */
import { errorColours as pc } from '../../cli/colours.ts';
import { timeline } from '../../cli/timeline.ts';
import { readChain } from '../../core/audit/chain.ts';
import { verifyChain } from '../../core/audit/verify.ts';
import { visible } from '../../core/visible.ts';
import type { Laptop } from '../laptop.ts';
import { leaveBundle } from './bundle.ts';
import { follow } from './follow.ts';
import type { DemoOptions } from './options.ts';
import type { Own } from './own-runbooks.ts';
import { changedCondition } from './own-words.ts';
import type { Terminal } from './progress.ts';
import { countMutating, countShown, type DemoResult, isVerified, outcomeOf, spansOf, votesInWords } from './result.ts';

/** A demo that runs. */
export interface Demo {
  readonly on: Laptop;
  readonly own: Own;
  readonly options: DemoOptions;
  readonly screen: Terminal;
}

/** Milliseconds that went before the first alarm. */
export interface Spent {
  readonly start: number;
  readonly deploy: number;
}

/** Raises the alarm and follows what comes of it; what happens is printed meanwhile. */
export async function oneIncident({ on, own, options, screen }: Demo, spent: Spent): Promise<DemoResult> {
  const began = Date.now();
  const sentBefore = on.node.commands.length;
  const { raised } = own;
  screen.stage(`alarm: ${raised.fault ? `${raised.fault} on ${raised.host}, and ` : ''}publishing its metric`);
  const { incidentId, changed } = await on.raise(raised);
  screen.done(`alarm: ${visible(raised.alarm.AlarmName)} is in ALARM → incident ${pc.bold(incidentId)}`);
  if (changed) screen.print(changedCondition(raised));
  const items = await follow(on, screen, incidentId, options.operator);
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
  printStages({ options, screen }, result);
  return result;
}

function printStages({ options, screen }: Pick<Demo, 'options' | 'screen'>, result: DemoResult): void {
  const { stages, status, ...counts } = result;
  const { commandsSent, mutatingCommandsSent, commandsFinished, outputsShown } = counts;
  const spent = Object.entries(stages).map(([stage, ms]) => `${stage} ${(ms / 1000).toFixed(1)}`);
  screen.print(`\n${pc.bold('Seconds')}   ${spent.join(' · ')}`);
  screen.print(
    `${pc.bold('Result')}    ${status}; ${commandsSent} commands sent, ${mutatingCommandsSent} of them above read_only, ${votesInWords(counts)}; ${options.realSlack ? 'what they printed is in Slack' : `people saw the output of ${outputsShown} of ${commandsFinished}`}`,
  );
}
