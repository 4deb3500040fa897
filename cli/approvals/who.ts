/** Prints who may approve a step: the names, how many of them, through which channel, and who may not and why. */

import { parsePolicy } from '../../core/policy/parse.ts';
import { exclusionWords } from '../../core/policy/who.ts';
import { type WhoMayApprove, whoMayApprove } from '../../core/use-cases/preview-who.ts';
import { visible } from '../../core/visible.ts';
import { colours as pc } from '../colours.ts';
import { findRunbook, runbooksBeside } from '../find-runbook.ts';
import { readText } from '../read-text.ts';
import { readAlarm } from '../show-plan.ts';
import { reportsOn } from '../validate-run.ts';
import { levelColours } from '../verdict-lines.ts';

export interface WhoOptions {
  readonly alarm?: string;
  readonly policy: string;
  readonly environment?: string;
  readonly json?: true;
}

/** False where nobody can decide on it. @throws for what cannot be read, and for a runbook that `validate` refuses. */
export async function who(asked: string, step: string, options: WhoOptions): Promise<boolean> {
  const now = Date.now();
  const number = /^[1-9][0-9]?$/.test(step) ? Number(step) : Number.NaN;
  if (Number.isNaN(number)) throw new Error(`step ${JSON.stringify(step)} is no number from 1 to 30`);
  const file = await findRunbook(asked);
  const policy = parsePolicy(
    await readText(options.policy, 'the policy file; name yours: --policy FILE'),
    options.policy,
  );
  const { reports, tools } = await reportsOn([file], policy);
  const runbook = reports[0]?.judged?.draft.runbook;
  if (!runbook) throw new Error(`${file} is refused: see countersign validate ${file}`);
  const alarm = options.alarm === undefined ? null : await readAlarm(options.alarm, now);
  const others = alarm ? await runbooksBeside(runbook) : [];
  const environment = options.environment ?? null;
  const found = whoMayApprove({ runbook, others, policy, alarm, given: {}, environment, now }, number, tools);
  if (options.json) console.log(JSON.stringify(found, null, 2));
  else for (const line of whoLines(found)) console.log(line);
  return found.short === null;
}

function whoLines(found: WhoMayApprove): string[] {
  const { step, runbook, level, environment, team } = found;
  const head = `${pc.bold(visible(`Step ${step.number} of ${runbook}: ${step.title}`))}  ${levelColours[level](level)}`;
  const place = visible(`in ${environment}, team ${team}`);
  if (!found.asks) return [head, place, visible(`nobody is asked: ${found.reasons.join('; ')}`)];
  return [
    head,
    place,
    ...(found.short === null ? [] : [pc.red(visible(`nobody can decide on it: ${found.short}`))]),
    quorumLine(found),
    ...found.approvers.map(approverLine),
    ...found.excluded.map(({ name, why }) => visible(`  not ${name}: ${exclusionWords[why]}`)),
    ...found.notListed.map(({ name, list }) => visible(`  not ${name}: ${list} does not name them`)),
    found.singleOperator
      ? 'single_operator: who started or changed it may approve it too'
      : 'who asks for a further plan of the incident, or changes what is asked, may only reject it',
  ];
}

function quorumLine({ required, approvers, secondChannel }: WhoMayApprove): string {
  const iam = secondChannel ? (required === 1 ? ', through IAM' : ', one of them through IAM') : '';
  return `${required} of these ${approvers.length} must approve${iam}:`;
}

function approverLine({ name, slack, iam, slackGroups }: WhoMayApprove['approvers'][number]): string {
  const doors = [...(slack ? ['Slack'] : []), ...(iam ? ['IAM'] : [])].join(' or ');
  const groups = slackGroups.map((set) => set.join(' or ')).join(' and ');
  return visible(`  ${name}, by ${doors}${groups === '' ? '' : `, while the Slack user group ${groups} holds them`}`);
}
