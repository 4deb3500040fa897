/** The headline of a question's card: what would happen, where, in as few words as the floor has for it. */
import { shownInline } from '../shown.ts';
import { failureTitle } from './failure.ts';
import type { HostOutput } from './printed.ts';
import type { ApprovalCard } from './question-card.ts';
import { levelWords } from './words.ts';

/** Hosts that are named in a headline. */
const mostHosts = 2;

/** Of the card's whole findings: what is stored of them is cut, and a headline must read the same on every drawing. */
export function headlineOf(card: Omit<ApprovalCard, 'headline'>): string {
  if (card.kind === 'choose') return `Choose how, on ${hostNames(card, mostHosts)}: ${card.step.title}`;
  if (card.kind === 'input') {
    const names = (card.wanted ?? []).map(({ name }) => name).join(', ');
    return `Type ${names} for ${hostNames(card, mostHosts)}: ${card.step.title}`;
  }
  if (card.failed) return `${failureTitle(card.failed)} on ${hostNames(card, mostHosts)}: ${card.step.title}`;
  if (card.command === null) return `Do by hand: ${card.step.title}`;
  const worst = card.risk.reasons.find(({ level }) => level === card.risk.level)?.text ?? levelWords[card.risk.level];
  const count = dryRunLines(card.dryRun);
  const foreseen = count === '' ? '' : ` (dry run: ${count})`;
  return `${worst.charAt(0).toUpperCase()}${worst.slice(1)} on ${hostNames(card, mostHosts)}${foreseen}: ${card.step.title}`;
}

/** The hosts to which it would go: `web-1`, `web-1 and web-2`, `20 hosts: web-1, web-2 and 18 more`. */
export function hostNames({ targets, done = [] }: Pick<ApprovalCard, 'targets' | 'done'>, most: number): string {
  return named(
    targets.filter(({ id }) => !done.includes(id)),
    most,
  );
}

/** In the same form those to which an earlier wave of it went; null = none. */
export function doneNames({ targets, done = [] }: Pick<ApprovalCard, 'targets' | 'done'>, most: number): string | null {
  const gone = targets.filter(({ id }) => done.includes(id));
  return gone.length === 0 ? null : named(gone, most);
}

function named(targets: ApprovalCard['targets'], most: number): string {
  const names = targets.map(({ id, name }) => (name === null ? id : shownInline(name, 80)));
  if (names.length === 0) return 'no target';
  if (names.length <= most) return names.join(' and ');
  return `${names.length} hosts: ${names.slice(0, most - 1).join(', ')} and ${names.length - most + 1} more`;
}

/** How many lines the dry run printed: of a list, how many things it is about. */
export function dryRunLines(dryRun: readonly HostOutput[]): string {
  if (dryRun.length === 0 || dryRun.some(({ keep }) => keep === 'end')) return '';
  const count = dryRun.flatMap(({ text }) => text.split('\n').filter((row) => row.trim() !== '')).length;
  return `${count} ${count === 1 ? 'line' : 'lines'}`;
}
