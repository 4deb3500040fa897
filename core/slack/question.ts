/** What an approval card says of the step: the question's data, and the blocks that show it. */
import type { Reference } from '../reference.ts';
import type { RiskReason } from '../risk/verdict.ts';
import { foreignCharacters } from '../visible.ts';
import type { Mode, RiskFlag, RiskLevel } from '../words.ts';
import type { Block, RichElement, RichPart } from './blocks.ts';
import { type HostOutput, levelWords, outputs, type PrintedOutput, type Room, reasonList } from './parts.ts';
import {
  bold,
  bullets,
  code,
  type Excerptible,
  excerpt,
  line,
  lines,
  link,
  literal,
  moment,
  type Person,
  rich,
  shown,
  shownInline,
} from './rich.ts';

export interface ApprovalCard {
  readonly reference: Reference;
  readonly alarm: {
    readonly name: string;
    readonly reason: string;
    /** Epoch seconds of the change to ALARM; null = unknown. */
    readonly since: number | null;
  };
  readonly environment: string;
  readonly mode: Mode;
  readonly runbook: { readonly id: string; readonly title: string };
  /** `of` is how many steps the runbook has. */
  readonly step: {
    readonly number: number;
    readonly of: number;
    readonly title: string;
    /** What the runbook says under the step beside its scripts, as Markdown; empty when nothing. */
    readonly prose: string;
  };
  /** The very script that would be sent; null on a manual step, which a person does and then confirms. */
  readonly command: string | null;
  readonly targets: readonly { readonly id: string; readonly name: string | null }[];
  readonly parameters: readonly { readonly name: string; readonly value: string }[];
  readonly risk: {
    readonly level: RiskLevel;
    readonly flags: readonly RiskFlag[];
    /** Offsets are into `command`. */
    readonly reasons: readonly RiskReason[];
    /** Further words on the level, such as "declared destructive by the runbook's author" or the model's reason. */
    readonly notes: readonly string[];
  };
  readonly evidence: readonly ({ readonly title: string } & Excerptible)[];
  /** What the steps before this one printed, and this one itself if it was tried before; the newest first. */
  readonly earlier: readonly PrintedOutput[];
  /** What `observe` showed just now. */
  readonly before: readonly HostOutput[];
  /** What the `dry-run` companion printed. */
  readonly dryRun: readonly HostOutput[];
  readonly rollback:
    | { readonly kind: 'command'; readonly text: string }
    | { readonly kind: 'none'; readonly why: string };
  readonly approvers: readonly Person[];
  /** How many different people must approve. */
  readonly required: number;
  readonly approvedBy: readonly Person[];
  /** Epoch seconds; afterwards nothing is sent. */
  readonly expiresAt: number;
  /** Epoch seconds at which it is drawn: what is left of the time is counted from here. */
  readonly drawnAt: number;
  /** Who chose the runbook, such as "deterministic matcher (the model is off)". */
  readonly plannedBy: string;
  /** Where people look next; https. */
  readonly links: readonly { readonly text: string; readonly url: string }[];
}

/** Room for what a person is to do by hand, whatever else must be shortened. */
const wide: Room = { characters: 2000, entries: 1 };

/** Hosts that are named beside the command; all of them stand further down where there are more. */
const firstHosts = 5;

/** What would happen, in as few words as the floor has for it: the headline. */
export function consequence(card: ApprovalCard): string {
  if (card.command === null) return `Do by hand: ${card.step.title}`;
  const worst = card.risk.reasons.find(({ level }) => level === card.risk.level)?.text ?? levelWords[card.risk.level];
  return `${worst.charAt(0).toUpperCase()}${worst.slice(1)} on ${hosts(card, 2)}${foreseen(card)}: ${card.step.title}`;
}

/** What the dry run says of how much: it lists what the command would be about, a line each. */
function foreseen({ dryRun }: ApprovalCard): string {
  const count = counted(dryRun);
  return count === '' ? '' : ` (dry run: ${count})`;
}

/** What stands before the buttons: what it is about, and exactly what would run, and where. Nothing here is shortened. */
export function subject(card: ApprovalCard): Block[] {
  const ask = action(card, `Runs exactly this on ${hosts(card, firstHosts)}`);
  // Of a manual step the runbook's words are what is to be done.
  return card.command === null ? [situation(card), ask, ...prose(card, wide)] : [situation(card), ask];
}

/** The same in the past tense, of which nothing says whether it ran. */
export function decidedSubject(card: ApprovalCard): Block[] {
  return [situation(card), action(card, `It was about exactly this, on ${hosts(card, firstHosts)}`)];
}

/** What stands below the buttons, most important first. Only what `room` rules is shortened. */
export function details(card: ApprovalCard, room: Room): Block[] {
  const isManual = card.command === null;
  return [
    ...(isManual ? [] : prose(card, room)),
    ...risk(card, room),
    ...findings(card, room),
    ...(isManual ? [] : [recovery(card, room)]),
    ...evidence(card, room),
    ...allHosts(card),
    ...places(card),
  ];
}

function situation(card: ApprovalCard): Block {
  const since: (string | RichElement)[] = card.alarm.since === null ? [] : [' since ', ...moment(card.alarm.since)];
  return rich(
    lines(
      [bold('ALARM '), code(shownInline(card.alarm.name, 255)), ...since],
      [shownInline(asPeopleWrite(card.alarm.reason), 300)],
      [
        bold(levelWords[card.risk.level]),
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

/** `web-1`, `web-1 and web-2`, `20 hosts: web-1, web-2 and 18 more`. */
function hosts({ targets }: ApprovalCard, most: number): string {
  const names = targets.map(({ id, name }) => (name === null ? id : shownInline(name, 80)));
  if (names.length === 0) return 'no target';
  if (names.length <= most) return names.join(' and ');
  return `${names.length} hosts: ${names.slice(0, most - 1).join(', ')} and ${names.length - most + 1} more`;
}

function action(card: ApprovalCard, where: string): Block {
  const foreign = foreignCharacters(card.command ?? '');
  const parts: RichPart[] =
    card.command === null
      ? [line(bold('Manual step: '), `do it yourself on ${hosts(card, firstHosts)}, then confirm that it is done.`)]
      : [line(bold(where)), literal(card.command)];
  if (foreign.length > 0)
    parts.push(line(bold('Look closely: '), `it contains characters outside ASCII: ${foreign.join(', ')}`));
  if (card.parameters.length > 0) {
    parts.push(
      bullets(
        card.parameters.map(({ name, value }) => [code(shownInline(name, 80)), ' = ', code(shownInline(value, 200))]),
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
    : [rich(line(bold(named.length === 1 ? 'Host ' : `${named.length} hosts `), named.join(', ')))];
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
  return [rich(line(bold(`Why ${levelWords[card.risk.level].toLowerCase()}`)), ...parts)];
}

function findings(card: ApprovalCard, room: Room): Block[] {
  return printedOn(card)
    .map(({ title, outputs: printed }) => outputs(title, printed, room))
    .filter((parts) => parts.length > 0)
    .map((parts) => rich(...parts));
}

/** How many lines the dry run printed: of a list, how many things it is about. */
function counted(dryRun: readonly HostOutput[]): string {
  if (dryRun.length === 0 || dryRun.some(({ keep }) => keep === 'end')) return '';
  const count = dryRun.flatMap(({ text }) => text.split('\n').filter((row) => row.trim() !== '')).length;
  return `${count} ${count === 1 ? 'line' : 'lines'}`;
}

/** Everything on the card that a host printed, in its order. */
export function printedOn(card: ApprovalCard): PrintedOutput[] {
  return [
    {
      title: ['What it would do', counted(card.dryRun)].filter((word) => word !== '').join(': '),
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
