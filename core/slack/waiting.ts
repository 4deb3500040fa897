/** What a card that waits says of its answers: who gave one, whose is wanted, how long there is, and where silence moved it. */
import type { Person } from '../report/person.ts';
import type { ApprovalCard } from '../report/question-card.ts';
import { shortCode } from '../short-code.ts';
import { shownInline } from '../shown.ts';
import type { Block, RichElement } from './blocks.ts';
import { isTyped } from './buttons.ts';
import { bold, code, duration, line, lines, mention, moment, people, quietly, rich } from './rich.ts';

type Row = (string | RichElement)[];

/** How many answers are still wanted, of whom, and until when. */
export function deadline(card: ApprovalCard): Block {
  return rich(
    lines(
      wanted(card),
      ...(isTyped(card) ? [['To approve it, type the code ', code(shortCode(card.reference.incidentId)), '.']] : []),
      [
        bold(`${left(card)} left`),
        ', until ',
        ...moment(card.expiresAt),
        isFailure(card) ? '. No answer means Abort.' : '. No answer means no.',
      ],
      ...next(card),
      ...stopped(card),
    ),
  );
}

function isFailure({ failed }: ApprovalCard): boolean {
  return failed !== undefined;
}

/** Whether something is still to be chosen or typed, before it can be approved. */
export function isOpen({ kind }: ApprovalCard): boolean {
  return kind === 'choose' || kind === 'input';
}

export function left({ expiresAt, drawnAt }: Pick<ApprovalCard, 'expiresAt' | 'drawnAt'>): string {
  return duration(Math.max(0, expiresAt - drawnAt));
}

/** `Needs 2 different approvals from @ana or @ben.`, then `1 of 2: Ana; one more of @ben.` */
function wanted(card: ApprovalCard): Row {
  const { required, approvers, approvedBy, wantedOf } = card;
  if (isFailure(card)) return [bold('Say what is to follow: '), ...people(approvers, mention, 'or'), '.'];
  if (isOpen(card))
    return [
      bold(card.kind === 'choose' ? 'One choice' : 'One answer'),
      ' of ',
      ...people(approvers, mention, 'or'),
      '.',
    ];
  if (approvedBy.length === 0)
    return [
      bold(`Needs ${required} ${required === 1 ? 'approval' : 'different approvals'}`),
      ' from ',
      ...people(approvers, mention, 'or'),
      ...throughIam(card, required),
      '.',
    ];
  const more = Math.max(0, required - approvedBy.length);
  const others = wantedOf ?? approvers.filter(({ name }) => !approvedBy.some((given) => given.name === name));
  const given: Row = [
    bold(`${Math.min(approvedBy.length, required)} of ${required}: `),
    ...people(approvedBy, quietly),
  ];
  // Enough people approved, and each of them in Slack: whoever of them has an identity of IAM can approve once more.
  if (more === 0) return [...given, ...(card.iamWanted ? [...iamAlone, ...named(others)] : []), '.'];
  return [...given, `; ${more === 1 ? 'one' : more} more of `, ...named(others), ...throughIam(card, more), '.'];
}

/** The policy may have come to name too few while it waited. */
function named(persons: readonly Person[]): Row {
  return persons.length === 0 ? ['nobody whom the policy names'] : [...people(persons, mention, 'or')];
}

const iamAlone: Row = [
  '; one of them or of the others ',
  bold('through IAM'),
  ' (countersign approvals approve), which counts of ',
];

/** Whoever still has to answer must know that a click is not enough. */
function throughIam({ iamWanted = false }: ApprovalCard, more: number): Row {
  if (!iamWanted) return [];
  return [', ', bold(more === 1 ? 'through IAM' : 'one of them through IAM'), ' (countersign approvals approve)'];
}

function stopped({ stopped: stop = null }: ApprovalCard): Row[] {
  if (stop === null) return [];
  const why = stop.why === '' ? '' : ` (${shownInline(stop.why, 200)})`;
  return [
    [
      bold(`Everything is stopped by ${shownInline(stop.by, 80)}`),
      `${why}: an answer is kept, and nothing is sent until somebody resumes.`,
    ],
  ];
}

/** What happens if nobody answers, and that somebody was paged. */
function next({ silence: told }: ApprovalCard): Row[] {
  const { pagedAt = null, next: after = null } = told ?? {};
  const paged: Row[] = pagedAt === null ? [] : [[bold('A person is paged'), ' since ', ...moment(pagedAt), '.']];
  if (after === null) return paged;
  const where: Row = after.place === null ? ['a person is paged'] : ['it is asked in ', place(after.place)];
  return [...paged, ['Unless somebody answers, ', ...where, ' at ', ...moment(after.at), '.']];
}

/** At the top of a card that silence brought here, or led away from; a call to whoever is to be called here. */
export function silence({ silence: told }: ApprovalCard): Block[] {
  if (!told) return [];
  const { level, of, before, movedTo } = told;
  const called: Row = told.mention === null ? [] : [group(told.mention), ': '];
  if (movedTo !== null)
    return [
      rich(
        line(
          bold('Asked elsewhere too: '),
          'nobody answered here, so it is in ',
          place(movedTo.place),
          ' since ',
          ...moment(movedTo.at),
          '. An answer here still counts.',
        ),
      ),
    ];
  if (level === 1) return called.length === 0 ? [] : [rich(line(...called, 'an answer is wanted.'))];
  const listed = before.flatMap((one, at): Row => (at === 0 ? [place(one)] : [' and ', place(one)]));
  return [rich(line(bold(`Level ${level} of ${of}. `), ...called, 'nobody answered in ', ...listed, '.'))];
}

/** `#leads`, by name or id; a member, for a direct message. */
function place(name: string): RichElement {
  if (/^[CG][A-Z0-9]{2,31}$/.test(name)) return { type: 'channel', channel_id: name };
  if (/^[UW][A-Z0-9]{2,31}$/.test(name)) return { type: 'user', user_id: name };
  return bold(shownInline(name.startsWith('#') ? name : `#${name}`, 90));
}

function group(id: string): RichElement {
  if (/^S[A-Z0-9]{2,31}$/.test(id)) return { type: 'usergroup', usergroup_id: id };
  return mention({ slackId: id, name: id });
}
