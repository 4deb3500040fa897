/** The card of a question: its data, from what was derived and what was observed. */
import { isRehearsed, rollbackScript, skippedBefore } from '../approval/build.ts';
import type { QuestionRecord } from '../approval/record.ts';
import { type Derived, templateOf } from '../derive/derive.ts';
import { hasFailed, isMutation, type Progress } from '../incident/progress.ts';
import type { Situation } from '../incident/situation.ts';
import { asPerson } from '../policy/people.ts';
import { exclusionWords } from '../policy/who.ts';
import type { Question, Terms } from '../question.ts';
import { ruleWords } from '../runbook/parameter-types.ts';
import type { Parameter } from '../runbook/runbook.ts';
import { placeholders } from '../runbook/substitute.ts';
import { epochOf } from '../time.ts';
import { shorten } from '../visible.ts';
import type { Part, RiskLevel } from '../words.ts';
import { failureOn } from './failure.ts';
import { headlineOf } from './headline.ts';
import { linksOf } from './links.ts';
import type { HostOutput } from './printed.ts';
import type { ApprovalCard } from './question-card.ts';
import { evidenceOf, outputsOf, printedSoFar, printedTitle, type ShownOutputs, slackPerson } from './show.ts';
import { noDataNote } from './words.ts';

/** Characters of a step's prose on its card, which shows 2,000 of a manual step's and less of any other's. */
const longestProse = 3_000;

const epochSeconds = (iso: string) => Math.floor(epochOf(iso) / 1000);

/**
 * The data of a question's card: exactly the bytes, targets and limits of the question, and what helps to judge them.
 *
 * @param again Why an earlier revision of it was replaced; null = there was none.
 */
export function requestCard(
  { question, digest }: Pick<QuestionRecord, 'question' | 'digest'>,
  situation: Situation,
  derived: Derived,
  shown: ShownOutputs,
  again: string | null,
): ApprovalCard {
  const { verdict, step, runbook } = derived;
  const { alarm, progress } = situation;
  const nameOf = (id: string) => situation.instances.find((instance) => instance.id === id)?.tags.Name ?? null;
  const named = (output: HostOutput): HostOutput => ({ ...output, host: nameOf(output.host) ?? output.host });
  const isFailure = question.kind === 'failure';
  const earlier = printedSoFar(progress, shown).map((printed) => ({
    title: printedTitle(printed, runbook.steps),
    outputs: printed.outputs.map(named),
  }));
  const card: ApprovalCard = {
    ...(isFailure ? { kind: question.kind, failed: failureOn(situation, runbook, step, earlier) } : {}),
    reference: {
      incidentId: question.incidentId,
      dispatch: derived.dispatch,
      revision: question.revision,
      questionDigest: digest,
    },
    alarm: {
      name: alarm?.name ?? '',
      reason: alarm?.stateReason ?? '',
      since: alarm ? epochSeconds(alarm.stateChangedAt) : null,
    },
    environment: question.place.environment,
    mode: question.place.mode,
    runbook: { id: runbook.id, title: runbook.title },
    step: {
      number: step.number,
      of: runbook.steps.length,
      title: titleOf(derived.dispatch.part, step.title),
      prose: shorten(step.prose, longestProse),
    },
    ...askedOf(question, derived),
    ...(derived.waitSeconds > 0 ? { waitSeconds: derived.waitSeconds } : {}),
    targets: derived.targets.map((id) => ({ id, name: nameOf(id) })),
    ...(doneOf(derived).length > 0 ? { done: doneOf(derived) } : {}),
    parameters: parametersOf(derived),
    risk: {
      level: verdict.level,
      flags: verdict.flags,
      // What only reads is no reason for the level, and would hide the ones that are.
      reasons: (question.kind === 'choose' || question.kind === 'input' ? [] : verdict.floor.reasons).filter(
        ({ level, flag }) => level !== 'read_only' || flag !== undefined,
      ),
      notes: [
        ...(again === null ? [] : [`asked again: ${again}`]),
        ...wavesNote(derived),
        ...(derived.lost.length > 0 ? [`left out, since it can no longer run there: ${derived.lost.join(', ')}`] : []),
        ...amendedNote(derived),
        ...typedNote(derived),
        ...openNote(question),
        ...termsNote(question.terms, verdict.level),
        ...skippedBefore(situation, derived).map(({ dispatch, by }) => `${stepOf(dispatch)} was skipped by ${by}`),
        ...(isFailure ? [] : failureNote(progress)),
        ...(alarm?.state === 'INSUFFICIENT_DATA' ? [noDataNote] : []),
        ...verdict.reasons.filter(isNews(verdict.level)).map(({ text }) => text),
      ],
    },
    // The alarm's reason stands at the top already.
    evidence: evidenceOf(progress, shown)
      .filter(({ text }) => text !== alarm?.stateReason)
      .map(({ label, text }) => ({ title: label, text })),
    earlier,
    before: isRehearsed(derived) ? outputsOf(progress, shown, step.number, 'before').map(named) : [],
    dryRun: isRehearsed(derived) ? outputsOf(progress, shown, step.number, 'dry_run').map(named) : [],
    rollback: rollbackOf(derived),
    approvers: verdict.approvals.approvers.map((one) => slackPerson(asPerson(one))),
    required: question.terms.required,
    approvedBy: [],
    iamWanted: question.terms.secondChannel,
    expiresAt: epochSeconds(question.expiresAt),
    drawnAt: Math.floor(situation.now / 1000),
    plannedBy: plannedBy(progress),
    links: linksOf({
      incidentId: question.incidentId,
      alarmArn: alarm?.arn ?? '',
      hosts: derived.targets.map((id) => ({ id, name: nameOf(id) })),
      runbook: { file: runbook.file, url: situation.compiled.policy.runbook_url },
    }),
  };
  return { ...card, headline: headlineOf(card) };
}

/** What is shown of the step: its command; or what may be chosen; or the command as far as it is known, and what is missing. */
function askedOf({ kind }: Question, { step, script, alternatives, wanted }: Derived) {
  if (kind === 'choose') {
    const choices = alternatives.map((one) => ({
      title: one.step.title.slice(`${step.title}: `.length),
      command: one.script ?? '',
      level: one.verdict.level,
    }));
    return { kind, command: null, choices };
  }
  if (kind === 'input') return { kind, command: script, wanted: wanted.map(wantedAs) };
  return { command: script };
}

function wantedAs(parameter: Parameter): NonNullable<ApprovalCard['wanted']>[number] {
  const { name, description } = parameter;
  return { name, what: [description, ruleWords(parameter)].filter((text) => text !== '').join('; ') };
}

/** The parameters that stand in this part's own script. */
function parametersOf({ step, dispatch, parameters, defaulted }: Derived): ApprovalCard['parameters'] {
  const named = new Set(placeholders(templateOf(step, dispatch.part)?.text ?? '').map(({ name }) => name));
  const lacking = new Map(defaulted.map(({ name, lacks }) => [name, lacks]));
  return Object.entries(parameters).flatMap(([name, value]) => {
    const lacks = lacking.get(name);
    return named.has(name) ? [{ name, value, ...(lacks === undefined ? {} : { lacks }) }] : [];
  });
}

/** What the policy says beyond that a person must approve, which the card itself says. */
function isNews(level: RiskLevel) {
  return ({ decision, text }: Derived['verdict']['reasons'][number]) =>
    decision !== 'proceed' && text !== `${level}: a person must approve`;
}

/** The hosts of the waves before this one. */
function doneOf({ dispatch, waves }: Derived): string[] {
  return waves.slice(0, dispatch.wave - 1).flat();
}

/** How many hosts each send takes, and which of them have it already. */
function wavesNote(derived: Derived): string[] {
  const { waves } = derived;
  if (waves.length < 2) return [];
  const sizes = waves.map((hosts) => hosts.length).join(', then ');
  const done = doneOf(derived);
  const sends = `hosts at once: ${sizes}; each wave goes out only when the last one succeeded everywhere`;
  return done.length > 0 ? [sends, `done already on ${done.join(', ')}`] : [sends];
}

/** Who may not answer although they could, and that nobody else looks at what is destroyed where one person runs this alone. */
function termsNote({ excluded = [], singleOperator = false }: Terms, level: RiskLevel): string[] {
  return [
    ...excluded.map(({ name, why }) => `${name} may not approve this: ${exclusionWords[why]}`),
    ...(singleOperator && level === 'destructive'
      ? ['single_operator: one person is enough, and may approve what they started or changed']
      : []),
  ];
}

/** Whoever decides must know that these are not the plan's values, or not all of its hosts. */
function amendedNote({ amended }: Derived): string[] {
  if (amended.by.length === 0) return [];
  const who = amended.by.join(' and ');
  const values = Object.keys(amended.parameters);
  return [
    ...(values.length > 0
      ? [
          `${who} changed ${values.join(', ')}: what was looked at and rehearsed before had other values, and is not shown`,
        ]
      : []),
    ...(amended.targets === null ? [] : [`${who} left out the other hosts`]),
  ];
}

/** Whoever decides must know that a person, and who, typed what no alarm says. */
function typedNote({ typed }: Derived): string[] {
  return Object.entries(typed).map(([name, { by }]) => `${name} was typed by ${by}`);
}

/** That nothing runs by the answer, and that it is no approval. */
function openNote({ kind }: Question): string[] {
  if (kind === 'choose')
    return ['nothing runs yet: what is chosen is judged, and asked for where the policy wants that'];
  return kind === 'input'
    ? [
        'nothing runs yet: with the values it is judged, and asked for where the policy wants that; whoever types them may not approve it',
        'judged with an example in the place of what is to be typed',
      ]
    : [];
}

/** `step 2`, or of another part `step 2 rollback`, from a dispatch's name. */
function stepOf(name: string): string {
  const [step, part = ''] = name.split('.');
  return part === 'run' ? `step ${step}` : `step ${step} ${part.replace('_', ' ')}`;
}

/** Who decides on a step must know that one before it failed. */
function failureNote(progress: Progress): string[] {
  const failed = progress.dispatches.filter((known) => hasFailed(known) && isMutation(known));
  return failed.map(
    ({ dispatch: { step, attempt }, finished }) =>
      `step ${step} before this one ${finished?.outcome ?? 'failed'}${attempt > 1 ? ` (attempt ${attempt})` : ''}`,
  );
}

function titleOf(part: Part, title: string): string {
  return part === 'run' ? title : `${title} (${part.replace('_', ' ')})`;
}

function rollbackOf(derived: Derived): ApprovalCard['rollback'] {
  const text = rollbackScript(derived);
  return text === null
    ? { kind: 'none', why: 'the runbook names no way back for this step' }
    : { kind: 'command', text };
}

/** Who chose the runbook, how sure, and by what, in words for the card. */
function plannedBy({ planned, opened }: Progress): string {
  if (!planned) return 'no plan';
  const by = {
    route: 'exact alarm route',
    text: 'what the metric measures and words',
    model: 'model among reviewed runbooks',
    person: 'a person, who named the runbook',
    nobody: 'nobody',
  };
  const why = opened?.candidates.find(({ runbookId }) => runbookId === planned.runbook?.id)?.why;
  const what = why === undefined ? '' : ` (${why})`;
  return `${by[planned.chosenBy]}, confidence ${planned.confidence.toFixed(2)}${what}; model ${planned.model}`;
}
