/** What an approval card says of the step, in blocks. */
import { doneNames, dryRunLines, hostNames } from '../report/headline.ts';
import type { PrintedOutput } from '../report/printed.ts';
import type { ApprovalCard } from '../report/question-card.ts';
import { levelWords } from '../report/words.ts';
import { excerpt, shown, shownInline } from '../shown.ts';
import { foreignCharacters } from '../visible.ts';
import type { Block, RichElement, RichPart } from './blocks.ts';
import { failureButtons, kindOf } from './buttons.ts';
import { aboutBlock, hostsBlock } from './displayed.ts';
import { outputs, type Room, reasonList } from './parts.ts';
import { bold, bullets, code, line, lines, link, literal, moment, rich } from './rich.ts';
import { isOpen } from './waiting.ts';

/** Room for what a person is to do by hand, whatever else must be shortened. */
const wide: Room = { characters: 2000, entries: 1 };

/** Hosts that are named beside the command; all of them stand further down where there are more. */
const firstHosts = 5;

/** What stands before the buttons: what it is about, and exactly what would run, and where. Nothing here is shortened. */
export function subject(card: ApprovalCard): Block[] {
  const ask =
    kindOf(card) === 'choose'
      ? alternatives(card, 'Choose one:')
      : action(card, askedOf(card), wentTo(card, ', and does not go there again'));
  // Of a manual step the runbook's words are what is to be done; of a failure what each answer does.
  const about = card.command === null ? [ask, ...prose(card, wide)] : [ask, ...answersTo(card)];
  return [situation(card), ...about.map((block, at) => ({ ...block, block_id: `${aboutBlock}.${at}` }))];
}

function answersTo({ failed }: ApprovalCard): Block[] {
  if (!failed) return [];
  const attempt = failed.attempt > 1 ? ` (attempt ${failed.attempt})` : '';
  return [
    rich(
      line(
        bold('What came of it: '),
        [failed.words, failed.last]
          .filter((text) => text !== '')
          .map((text) => shownInline(text, 900))
          .join(': '),
        `${attempt}.`,
      ),
      bullets(failed.follows.map(({ word, text }) => [bold(failureButtons[word]), ` ${shownInline(text, 300)}`])),
    ),
  ];
}

/** Of a failure the command is what was run, and nothing of the kind is asked for yet. */
function askedOf(card: ApprovalCard): string {
  const where = hostNames(card, firstHosts);
  switch (kindOf(card)) {
    case 'failure':
      return `This did not succeed on ${where}`;
    case 'input':
      return `Wants values to be typed, and is judged with them, on ${where}`;
    default:
      return card.waitSeconds === undefined
        ? `Runs exactly this on ${where}`
        : `Runs exactly this again and again, for up to ${card.waitSeconds} s, until it exits with 0, on ${where}`;
  }
}

/** Each alternative with its very command; which of them runs is chosen by its number. */
function alternatives(card: ApprovalCard, lead: string): Block {
  const where = hostNames(card, firstHosts);
  const listed = (card.choices ?? []).flatMap(({ title, command, level }, at): RichPart[] => [
    line(
      bold(`${at + 1}. ${shownInline(title, 150)}`),
      ` on ${where}${level === undefined ? '' : `, ${levelWords[level].toLowerCase()}`}`,
    ),
    literal(command),
  ]);
  return rich(line(bold(lead)), ...listed);
}

/** The same in the past tense, of which nothing says whether it ran; but of the hosts of an earlier wave that it went there. */
export function decidedSubject(card: ApprovalCard): Block[] {
  if (kindOf(card) === 'choose') return [situation(card), alternatives(card, 'One of these was to be chosen:')];
  const about = `It was about exactly this, on ${hostNames(card, firstHosts)}`;
  return [situation(card), action(card, about, wentTo(card, ''))];
}

/** Of a command whose first hosts have it already. */
function wentTo(card: ApprovalCard, further: string): RichPart[] {
  const done = doneNames(card, firstHosts);
  return done === null ? [] : [line(`It went to ${done} before${further}.`)];
}

/** What stands below the buttons, most important first. Only what `room` rules is shortened. */
export function details(card: ApprovalCard, room: Room): Block[] {
  const isManual = card.command === null;
  if (card.failed) return [...findings(card, room), recovery(card, room), ...prose(card, room), ...rest(card, room)];
  return [
    ...(isManual ? [] : prose(card, room)),
    ...risk(card, room),
    ...findings(card, room),
    ...(isManual ? [] : [recovery(card, room)]),
    ...rest(card, room),
  ];
}

function rest(card: ApprovalCard, room: Room): Block[] {
  return [...evidence(card, room), ...allHosts(card), ...places(card)];
}

function situation(card: ApprovalCard): Block {
  const since: (string | RichElement)[] = card.alarm.since === null ? [] : [' since ', ...moment(card.alarm.since)];
  return rich(
    lines(
      [bold('ALARM '), code(shownInline(card.alarm.name, 255)), ...since],
      [shownInline(asPeopleWrite(card.alarm.reason), 300)],
      [
        bold(
          card.kind === 'choose' ? `Up to ${levelWords[card.risk.level].toLowerCase()}` : levelWords[card.risk.level],
        ),
        ` · ${shownInline(card.environment, 60)} · step ${card.step.number} of ${card.step.of} of `,
        shownInline(card.runbook.title, 120),
      ],
    ),
  );
}

/** Numbers with more than three places after the point are a machine's: three are kept of them. */
function asPeopleWrite(text: string): string {
  return text.replace(/\d+\.\d{4,}/g, (number) => String(Number(Number(number).toFixed(3))));
}

function action(card: ApprovalCard, where: string, further: readonly RichPart[]): Block {
  const foreign = foreignCharacters(card.command ?? '');
  const parts: RichPart[] =
    card.command === null
      ? [line(bold('Manual step: '), `do it yourself on ${hostNames(card, firstHosts)}, then confirm that it is done.`)]
      : [line(bold(where)), literal(card.command), ...further];
  if (foreign.length > 0)
    parts.push(line(bold('Look closely: '), `it contains characters outside ASCII: ${foreign.join(', ')}`));
  if ((card.wanted ?? []).length > 0)
    parts.push(
      line(bold('To be typed:')),
      bullets(
        (card.wanted ?? []).map(({ name, what }) => [code(shownInline(name, 80)), `: ${shownInline(what, 400)}`]),
      ),
    );
  if (card.parameters.length > 0) {
    parts.push(
      bullets(
        card.parameters.map(({ name, value, lacks }) => [
          code(shownInline(name, 80)),
          ' = ',
          code(shownInline(value, 200)),
          ...(lacks === undefined ? [] : [` (the default: the alarm has no ${shownInline(lacks, 200)})`]),
        ]),
      ),
    );
  }
  return rich(...parts);
}

/** Every host by name and id. */
function allHosts({ targets }: ApprovalCard): Block[] {
  const named = targets.map(({ id, name }) => (name === null ? id : `${id} (${shownInline(name, 80)})`));
  return named.length === 0
    ? []
    : [
        {
          ...rich(line(bold(named.length === 1 ? 'Host ' : `${named.length} hosts `), named.join(', '))),
          block_id: hostsBlock,
        },
      ];
}

function places({ links }: ApprovalCard): Block[] {
  const named = links.flatMap(({ text, url }, at) => [...(at === 0 ? [] : [' · ']), link(url, text)]);
  return named.length === 0 ? [] : [rich(line(bold('Open '), ...named))];
}

/** The runbook's own words: of a manual step they are all that says what to do, so that they come whole as long as they can. */
function prose({ step }: ApprovalCard, room: Room): Block[] {
  if (step.prose.trim() === '') return [];
  return [rich(line(bold('The runbook says: '), shown(step.prose, Math.max(room.characters, 300))))];
}

function risk(card: ApprovalCard, room: Room): Block[] {
  const reasons = reasonList(card.command ?? '', card.risk.reasons, room);
  const notes = card.risk.notes.slice(0, 5).map((note) => [shownInline(note, 300)]);
  const parts = [...reasons, ...(notes.length > 0 ? [bullets(notes)] : [])];
  if (parts.length === 0) return [];
  const title = isOpen(card) ? 'What then' : `Why ${levelWords[card.risk.level].toLowerCase()}`;
  return [rich(line(bold(title)), ...parts)];
}

function findings(card: ApprovalCard, room: Room): Block[] {
  return printedOn(card)
    .map(({ title, outputs: printed }) => outputs(title, printed, room))
    .filter((parts) => parts.length > 0)
    .map((parts) => rich(...parts));
}

/** Everything on the card that a host printed, in its order. */
export function printedOn(card: ApprovalCard): PrintedOutput[] {
  return [
    {
      title: ['What it would do', dryRunLines(card.dryRun)].filter((word) => word !== '').join(': '),
      outputs: card.dryRun,
    },
    { title: 'Before', outputs: card.before },
    ...card.earlier,
  ];
}

function recovery({ rollback }: ApprovalCard, room: Room): Block {
  if (rollback.kind === 'none') return rich(line(bold('No rollback: '), shown(rollback.why, 300)));
  return rich(line(bold('Rollback')), literal(shown(rollback.text, Math.max(room.characters, 80))));
}

function evidence(card: ApprovalCard, room: Room): Block[] {
  const kept = card.evidence.slice(0, room.entries);
  const rest = card.evidence.length - kept.length;
  const parts = kept.flatMap(({ title, ...text }) => [
    line(bold(shownInline(title, 150))),
    literal(excerpt(text, room.characters)),
  ]);
  if (rest > 0) parts.push(line(`… ${rest} more findings`));
  return parts.length === 0 ? [] : [rich(...parts)];
}
