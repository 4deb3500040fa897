/** What changed between two questions, in words for people: why a card was replaced, and why the kernel found it stale. */
import { canonicalJson } from '../digest.ts';
import { dispatchName } from '../dispatch.ts';
import { exclusionWords } from '../policy/who.ts';
import type { Question, QuestionItem, Terms } from '../question.ts';
import { shorten, visible } from '../visible.ts';

/** Characters of a value of a parameter that are shown: more belongs on the card. */
const longestValue = 100;

/**
 * Every difference of the question that was asked to the one that would be asked now, one cause each; empty when they
 * are the same, byte for byte.
 */
export function differences(asked: Question, own: Question): string[] {
  if (canonicalJson(asked) === canonicalJson(own)) return [];
  const found = [...ofQuestion(asked, own), ...ofItems(asked.items, own.items), ...ofTerms(asked.terms, own.terms)];
  return found.length > 0 ? found : ['the question changed'];
}

function ofQuestion(asked: Question, own: Question): string[] {
  const shown = {
    evidence: 'the evidence',
    before: 'what was observed before',
    dryRun: 'the dry run',
    outcomes: 'how earlier steps ended',
    rollback: 'the rollback',
  } as const;
  const other = (Object.keys(shown) as (keyof typeof shown)[]).filter((key) =>
    differs(asked.shown[key], own.shown[key]),
  );
  const { environment, mode, ...place } = asked.place;
  const { environment: environmentNow, mode: modeNow, ...placeNow } = own.place;
  return [
    ...changed('format', asked.format, own.format),
    ...changed('kind of question', asked.kind, own.kind),
    ...changed('revision', asked.revision, own.revision),
    ...changed('incident', asked.incidentId, own.incidentId),
    ...unequal('subject', asked.subject, own.subject),
    ...changed('environment', environment, environmentNow),
    ...changed('mode', mode, modeNow),
    ...unequal('account or region', place, placeNow),
    ...unequal('runbook', asked.runbook, own.runbook),
    ...unequal('policy', asked.policyDigest, own.policyDigest),
    ...unequal('document', asked.document, own.document),
    ...(other.length > 0 ? [`what was shown changed: ${other.map((key) => shown[key]).join(', ')}`] : []),
    ...unequal('who started it', asked.initiator, own.initiator),
    ...unequal('nonce', asked.nonce, own.nonce),
    ...changed('time of asking', asked.createdAt, own.createdAt),
    ...changed('expiry', asked.expiresAt, own.expiresAt),
  ];
}

function ofItems(asked: readonly QuestionItem[], own: readonly QuestionItem[]): string[] {
  if (asked.length !== own.length) return changed('number of commands', asked.length, own.length);
  return asked.flatMap((item, at) => ofItem(item, own[at] ?? item));
}

function ofItem(asked: QuestionItem, own: QuestionItem): string[] {
  const timeouts = ({ executionTimeoutSeconds, deliveryTimeoutSeconds, waitSeconds = 0 }: QuestionItem) =>
    `${executionTimeoutSeconds} s to run, ${deliveryTimeoutSeconds} s to begin${waitSeconds > 0 ? `, repeated for ${waitSeconds} s` : ''}`;
  const risk = ({ level, flags }: QuestionItem) => [level, ...flags].join(', ').replaceAll('_', ' ');
  return [
    ...changed('step', dispatchName(asked.dispatch), dispatchName(own.dispatch)),
    ...changed('title', asked.title, own.title),
    ...unequal('command', asked.scriptHash, own.scriptHash),
    ...ofParameters(asked.parameters, own.parameters),
    ...ofSet('targets', asked.targets, own.targets),
    ...changed('waves', asked.waves.join('+'), own.waves.join('+')),
    ...changed('risk', risk(asked), risk(own)),
    ...changed('time-outs', timeouts(asked), timeouts(own)),
  ];
}

function ofParameters(asked: Readonly<Record<string, string>>, own: Readonly<Record<string, string>>): string[] {
  const names = [...new Set([...Object.keys(asked), ...Object.keys(own)])].filter((name) => asked[name] !== own[name]);
  if (names.length === 0) return [];
  const value = (text: string | undefined) =>
    text === undefined ? 'not set' : shorten(visible(JSON.stringify(text)), longestValue);
  const words = names.map((name) => `${name} was ${value(asked[name])} is ${value(own[name])}`);
  return [`parameters changed: ${words.join('; ')}`];
}

function ofTerms(asked: Terms, own: Terms): string[] {
  return [
    ...changed('number of approvals', asked.required, own.required),
    ...ofSet('who may approve', asked.approvers, own.approvers),
    ...changed('demand for a second channel', asked.secondChannel, own.secondChannel),
    ...ofSet('who is left out', leftOut(asked), leftOut(own)),
    ...ofSet('who counts only with a Slack group', narrowed(asked), narrowed(own)),
    ...changed('single operator', asked.singleOperator ?? false, own.singleOperator ?? false),
    ...unequal('where and how long it is asked', asked.levels, own.levels),
  ];
}

const leftOut = ({ excluded = [] }: Terms) => excluded.map(({ name, why }) => `${name} (${exclusionWords[why]})`);

const narrowed = ({ narrowed: groups = [] }: Terms) =>
  groups.map(({ name, slackGroups }) => `${name} (${slackGroups.map((set) => set.join(' or ')).join(', and ')})`);

function ofSet(what: string, asked: readonly string[], own: readonly string[]): string[] {
  if (!differs(asked, own)) return [];
  const words = [
    ...own.filter((one) => !asked.includes(one)).map((one) => `+${one}`),
    ...asked.filter((one) => !own.includes(one)).map((one) => `−${one}`),
  ];
  return [words.length > 0 ? `${what} changed: ${words.join(' ')}` : `${what} changed: their order or number`];
}

function changed(what: string, asked: string | number | boolean, own: string | number | boolean): string[] {
  return asked === own ? [] : [`${what} changed: was ${visible(String(asked))}, is ${visible(String(own))}`];
}

/** For what has no words of its own: digests, and things that are told elsewhere. */
function unequal(what: string, asked: unknown, own: unknown): string[] {
  return differs(asked, own) ? [`${what} changed`] : [];
}

function differs(a: unknown, b: unknown): boolean {
  return canonicalJson(a) !== canonicalJson(b);
}
