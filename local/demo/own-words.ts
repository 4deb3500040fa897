/** What the demo says of an author's own runbooks and alarm, and how the laptop is set for them. */
import { visible } from '../../core/visible.ts';
import type { Raised } from '../incidents.ts';
import type { Own } from './own-runbooks.ts';
import type { Terminal } from './progress.ts';

/** What an author must know before the run: which runbook answers, and what of the alarm is not as in the file. */
export function introduce({ answering, why, replaced, folder }: Own, screen: Terminal): void {
  screen.done(`${visible(folder)}: every runbook is valid`);
  if (answering) screen.done(visible(`${answering.id} will answer: ${why}`));
  else screen.done(visible(`${why}: the incident will end as no_match`), 'warn');
  for (const line of replaced) screen.print(`    ${visible(line)}`);
}

/** Where the alarm cannot come back to OK, nobody needs to wait a minute for it. */
const shortVerificationSeconds = 15;

const usualEnvironment = 'staging';

/** With what the laptop is started for it. */
export function settingsOf({ folder, answering, raised, commands }: Own) {
  return {
    runbookFolder: folder,
    commands,
    environment: environmentOf(answering),
    ...(raised.fault === null ? { verificationSeconds: shortVerificationSeconds } : {}),
  };
}

/** A runbook answers in its own environments only. */
function environmentOf(answering: Own['answering']): string {
  const own = answering?.environments ?? [];
  return own.includes(usualEnvironment) ? usualEnvironment : (own[0] ?? usualEnvironment);
}

/** What was changed because the fault alone did not make it ring. */
export function changedCondition({ alarm, otherwise, host, fault }: Raised): string {
  const before = `${alarm.Statistic ?? alarm.ExtendedStatistic} ${alarm.ComparisonOperator} ${alarm.Threshold}`;
  const after = Object.values(otherwise ?? {}).join(' ');
  return `    ${before} → ${after}: with ${fault} on ${host} it would not ring`;
}
