/** The kinds of tampering with a chain: what somebody who may put whole items makes of a genuine one, and where verifying should find it. */
import { nextEntry, type StoredItem } from '../../../core/audit/chain.ts';
import { type AuditEvent, type EventOf, openedSubject } from '../../../core/audit/entry.ts';
import type { AuditEntry } from '../../../core/audit/envelope.ts';
import type { ChainFacts } from '../../../core/audit/verify-finding.ts';
import type { Burn } from '../../../core/burn.ts';
import { canonicalJson, sha256 } from '../../../core/digest.ts';
import { isoOf } from '../../../core/time.ts';
import { type Genuine, genuine, itemsOf, people, rehashed, type Shape, sealed, strangersKey } from './genuine.ts';

/** Random whole numbers below a bound that a seed repeats. */
export type Pick = (below: number) => number;
export function picker(start: number): Pick {
  let state = start >>> 0;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

export const shapeOf = (pick: Pick): Shape => ({
  reads: 1 + pick(2),
  changes: [pick(2) ? 'modifying' : 'destructive', ...(pick(2) ? (['destructive'] as const) : [])],
  standing: pick(2) === 1,
  closed: true,
  late: pick(2) === 1,
});

/** What somebody made of a chain, and where it should be found: a place, or only as something that cannot be told. */
export interface Tampered {
  /** Where it is another chain than the one that was given. */
  readonly id?: string;
  readonly items: readonly StoredItem[];
  readonly facts: ChainFacts;
  /** `unsure`: named at its place, and not a pass. */
  readonly found: { readonly problem: number } | { readonly unsure: number | null };
}

export type Tamper = (chain: Genuine, pick: Pick) => Tampered | Promise<Tampered>;

const tampered = (
  chain: Genuine,
  entries: readonly AuditEntry[],
  problem: number,
  facts: ChainFacts = chain.facts,
) => ({
  items: itemsOf(entries),
  facts,
  found: { problem },
});

/** The places (from 1) of entries of a kind. */
function placesOf({ entries }: Genuine, ...kinds: string[]): number[] {
  return entries.flatMap(({ event }, index) => (kinds.includes(event.kind) ? [index + 1] : []));
}
const oneOf = (places: readonly number[], pick: Pick): number => places[pick(places.length)] ?? 0;
const anyPlace = ({ entries }: Genuine, pick: Pick): number => 1 + pick(entries.length);
const at = ({ entries }: Genuine, place: number): AuditEntry => entries[place - 1] as AuditEntry;

/** The event of an entry as its kind. */
const eventAt = <K extends AuditEvent['kind']>(chain: Genuine, place: number, _kind: K) =>
  at(chain, place).event as unknown as EventOf<K>;

/** The chain with another event in a place, everything behind it hashed anew. */
function rewritten(chain: Genuine, place: number, changes: object): AuditEntry[] {
  const entry = at(chain, place);
  return rehashed(chain.entries.with(place - 1, { ...entry, event: { ...entry.event, ...changes } }));
}

/** The chain with one more entry at a place, everything behind it hashed anew. */
function inserted(chain: Genuine, place: number, event: object, entryId = 'forged'): AuditEntry[] {
  const before = at(chain, Math.max(1, place - 1));
  return rehashed(chain.entries.toSpliced(place - 1, 0, { ...before, entryId, event: event as AuditEntry['event'] }));
}

const without = (chain: Genuine, place: number) => rehashed(chain.entries.toSpliced(place - 1, 1));
/** The place of the closing; of an open chain the last one. */
const closingPlace = (chain: Genuine) => placesOf(chain, 'incident_closed')[0] ?? chain.entries.length;
/** An intent above read_only that was asked. */
const askedIntent = (chain: Genuine, pick: Pick) =>
  oneOf(
    placesOf(chain, 'dispatch_intended').filter(
      (place) => eventAt(chain, place, 'dispatch_intended').requestDigest !== null,
    ),
    pick,
  );

const forgedIntent = (chain: Genuine, changes: object) => ({
  ...at(chain, placesOf(chain, 'dispatch_intended')[0] as number).event,
  dispatch: { step: 9, part: 'run', attempt: 1, wave: 1 },
  ...changes,
});

/** An intent with changes that its burn has as well. */
function burntAnew(chain: Genuine, place: number, changes: Partial<Burn>): Tampered {
  const { entryId } = at(chain, place);
  const burns = chain.facts.burns.map((burn) => (burn.intent === entryId ? { ...burn, ...changes } : burn));
  return tampered(chain, rewritten(chain, place, changes), place, { ...chain.facts, burns });
}

/** Of any chain with a change that was asked and sent. */
export const kinds: Readonly<Record<string, Tamper>> = {
  'an entry edited': (chain, pick) => {
    const place = anyPlace(chain, pick);
    return tampered(chain, chain.entries.with(place - 1, { ...at(chain, place), actor: 'nobody' }), place);
  },
  'an event edited deep inside': (chain, pick) => {
    const place = oneOf(placesOf(chain, 'command_finished'), pick);
    const event = structuredClone(eventAt(chain, place, 'command_finished'));
    Object.assign(event.results[0] as object, { exitCode: 1 });
    return tampered(chain, chain.entries.with(place - 1, { ...at(chain, place), event }), place);
  },
  'an entry replaced by something that is none': (chain, pick) => {
    const place = anyPlace(chain, pick);
    const texts = ['', 'no JSON', '{}', '[]', 'null', `{"event":${'['.repeat(50_000)}${']'.repeat(50_000)}}`];
    const text = texts[pick(texts.length)] as string;
    return { ...tampered(chain, [], place), items: itemsOf(chain.entries).with(place - 1, { place, text }) };
  },
  'an entry deleted from the middle': (chain, pick) => {
    const place = 1 + pick(chain.entries.length - 1);
    const items = itemsOf(chain.entries).toSpliced(place - 1, 1);
    return { items, facts: chain.facts, found: { problem: place } };
  },
  'an entry inserted': (chain, pick) => {
    const place = 2 + pick(chain.entries.length - 1);
    const forged = nextEntry(
      chain.id,
      at(chain, place - 1),
      { entryId: 'forged', at: at(chain, place - 1).at, actor: 'gate' },
      { kind: 'alarm_joined', alarmArn: 'arn', state: 'OK', why: '' },
    );
    const found = place > closingPlace(chain) ? place : place + 1;
    return tampered(chain, chain.entries.toSpliced(place - 1, 0, forged), found);
  },
  'two entries exchanged': (chain, pick) => {
    const place = 1 + pick(chain.entries.length - 1);
    return tampered(chain, chain.entries.with(place - 1, at(chain, place + 1)).with(place, at(chain, place)), place);
  },
  'the end cut off a closed incident': (chain, pick) => {
    const length = 2 + pick(closingPlace(chain) - 2);
    return tampered(chain, chain.entries.slice(0, length), length + 1);
  },
  'the whole chain gone': (chain) => tampered(chain, [], 1),
  'something more behind the closing': (chain, pick) => {
    const events = [
      { kind: 'incident_closed', status: 'failed', cause: null },
      { kind: 'alarm_joined', alarmArn: 'arn', state: 'OK', why: '' },
      { kind: 'alarm_joined', alarmArn: 'arn', state: 'OK', why: '', late: true },
      { kind: 'command_sent', dispatch: { step: 1, part: 'run', attempt: 1, wave: 1 }, commandId: 'x', error: null },
      { kind: 'from_the_future' },
    ];
    const place = chain.entries.length + 1;
    return tampered(chain, inserted(chain, place, events[pick(events.length)] as object), place);
  },
  'a place far ahead': (chain) => {
    const far = nextEntry(
      chain.id,
      { sequence: 999_999_998, hash: sha256('x') },
      { entryId: 'far', at: at(chain, 1).at, actor: 'poll' },
      { kind: 'alarm_joined', alarmArn: 'arn', state: 'OK', why: '' },
    );
    const items = [...itemsOf(chain.entries), { place: 999_999_999, text: canonicalJson(far) }];
    return { items, facts: chain.facts, found: { problem: items.length } };
  },
  'another incident’s opening, hashed anew': async (chain, pick) => {
    const other = await genuine('another', shapeOf(pick));
    const opened = eventAt(other, 1, 'incident_opened');
    return tampered(chain, rewritten(chain, 1, { ...opened, subject: openedSubject(opened) }), 1);
  },
  'the subject of the opening, hashed anew': (chain) => {
    const stateChangedAt = '2026-11-21T02:00:00.000Z';
    const subject = { ...openedSubject(eventAt(chain, 1, 'incident_opened')), stateChangedAt };
    return tampered(chain, rewritten(chain, 1, { stateChangedAt, subject }), 1);
  },
  'the plan, hashed anew': (chain) => tampered(chain, rewritten(chain, 2, { parameters: { unit: 'database' } }), 2),
  'a vote’s person, hashed anew': (chain, pick) => {
    const place = oneOf(placesOf(chain, 'vote_signed'), pick);
    return tampered(chain, rewritten(chain, place, { by: { name: 'eve', via: 'slack', id: 'U9' } }), place);
  },
  'a vote’s word, hashed anew': (chain, pick) => {
    const place = oneOf(placesOf(chain, 'vote_signed'), pick);
    return tampered(chain, rewritten(chain, place, { word: 'reject' }), place);
  },
  'a vote that another key signed, hashed anew': async (chain, pick) => {
    const place = oneOf(placesOf(chain, 'vote_signed'), pick);
    const { questionDigest: question, by } = eventAt(chain, place, 'vote_signed');
    const envelope = await sealed({ question, by, at: at(chain, place).at }, strangersKey);
    return tampered(chain, rewritten(chain, place, { envelope }), place);
  },
  'a question’s script, hashed anew': (chain, pick) => {
    const place = oneOf(placesOf(chain, 'approval_requested'), pick);
    const { dispatch } = eventAt(chain, place, 'approval_requested');
    return tampered(chain, rewritten(chain, place, { scripts: [{ dispatch, script: 'df -h' }] }), place);
  },
  'a question’s targets, hashed anew with its digest': (chain, pick) => {
    const place = oneOf(placesOf(chain, 'approval_requested'), pick);
    const event = structuredClone(eventAt(chain, place, 'approval_requested'));
    Object.assign(event.question?.items[0] as object, { targets: ['i-3'] });
    return tampered(chain, rewritten(chain, place, event), place);
  },
  'votes taken away, hashed anew': (chain, pick) => {
    const place = oneOf(placesOf(chain, 'vote_signed'), pick);
    const { questionDigest } = eventAt(chain, place, 'vote_signed');
    const entries = without(chain, place);
    const settled = entries.findIndex(
      ({ event }) => event.kind === 'approval_settled' && event.requestDigest === questionDigest,
    );
    return tampered(chain, entries, settled + 1);
  },
  'an intent’s votes taken away, hashed anew': (chain, pick) => {
    const place = askedIntent(chain, pick);
    return tampered(chain, rewritten(chain, place, { votes: [] }), place);
  },
  'one vote counted twice, hashed anew': async (chain, pick) => {
    const place = askedIntent(chain, pick);
    const { votes = [], requestDigest } = eventAt(chain, place, 'dispatch_intended');
    const [one] = votes;
    const question = chain.entries.find(({ event }) => event.requestDigest === requestDigest)?.event;
    if (question?.required === 1) return tampered(chain, rewritten(chain, place, { votes: [], approvedBy: [] }), place);
    return tampered(chain, rewritten(chain, place, { votes: [one, one], approvedBy: [people.ana] }), place);
  },
  'a vote after the question’s time': async (chain, pick) => {
    const place = askedIntent(chain, pick);
    const { requestDigest } = eventAt(chain, place, 'dispatch_intended');
    const late = isoOf(Date.parse(at(chain, place).at) + 1_000_000);
    const votes = await Promise.all(
      [people.ana, people.ben].map((by) => chain.sealed({ question: requestDigest, by, at: late })),
    );
    return tampered(chain, rewritten(chain, place, { votes }), place);
  },
  'votes of people whom the question does not name': async (chain, pick) => {
    const place = askedIntent(chain, pick);
    const { requestDigest: question } = eventAt(chain, place, 'dispatch_intended');
    const strangers = ['eve', 'mallory'].map((name) => ({ name, via: 'slack', id: name }));
    const votes = await Promise.all(strangers.map((by) => chain.sealed({ question, by, at: at(chain, place - 2).at })));
    return tampered(chain, rewritten(chain, place, { votes, approvedBy: strangers }), place);
  },
  'rejections that are counted as approvals': async (chain, pick) => {
    const place = askedIntent(chain, pick);
    const { requestDigest: question } = eventAt(chain, place, 'dispatch_intended');
    const both = [people.ana, people.ben];
    const no = (by: object) => chain.sealed({ question, by, at: at(chain, place - 2).at, word: 'reject' });
    return tampered(chain, rewritten(chain, place, { votes: await Promise.all(both.map(no)) }), place);
  },
  'an approval that was taken back before its intent': async (chain, pick) => {
    const place = askedIntent(chain, pick);
    const { requestDigest: question, approvedBy } = eventAt(chain, place, 'dispatch_intended');
    const by = approvedBy[pick(approvedBy.length)];
    const { dispatch, requestDigest: questionDigest } = eventAt(chain, place - 1, 'approval_settled');
    const envelope = await chain.sealed({ question, by, at: at(chain, place - 1).at, word: 'revoke' });
    const back = { kind: 'vote_signed', dispatch, questionDigest, word: 'revoke', by, envelope };
    return tampered(chain, inserted(chain, place, back), place + 1);
  },
  'votes on another question': async (chain, pick) => {
    const place = askedIntent(chain, pick);
    const both = [people.ana, people.ben];
    const other = (by: object) => chain.sealed({ question: sha256('another'), by, at: at(chain, place - 2).at });
    return tampered(chain, rewritten(chain, place, { votes: await Promise.all(both.map(other)) }), place);
  },
  'what an entry repeats of its question, hashed anew': (chain, pick) => {
    const place = oneOf(placesOf(chain, 'approval_requested'), pick);
    const changes = [
      { required: 0 },
      { expiresAt: '2027-01-01T00:00:00.000Z' },
      { level: 'read_only' },
      { targets: [] },
    ];
    return tampered(chain, rewritten(chain, place, changes[pick(changes.length)] ?? {}), place);
  },
  'other targets, intended and burnt, than were asked': (chain, pick) =>
    burntAnew(chain, askedIntent(chain, pick), { targets: ['i-1', 'i-3'] }),
  'something forbidden under a standing approval': (chain, pick) => {
    const place = 3 + pick(closingPlace(chain) - 2);
    const changes = {
      level: 'forbidden',
      standing: 'platform: trust me',
      requestDigest: null,
      approvedBy: [],
      votes: [],
    };
    return tampered(chain, inserted(chain, place, forgedIntent(chain, changes)), place);
  },
  'a question that was asked after its vote': (chain, pick) => {
    const asked = oneOf(placesOf(chain, 'approval_requested'), pick);
    const question = at(chain, asked);
    // Behind the card and one vote.
    const entries = rehashed(chain.entries.toSpliced(asked - 1, 1).toSpliced(asked + 1, 0, question));
    return tampered(chain, entries, asked + 1);
  },
  'an intent that follows its send': (chain, pick) => {
    const place = oneOf(placesOf(chain, 'dispatch_intended'), pick);
    const entries = rehashed(chain.entries.with(place - 1, at(chain, place + 1)).with(place, at(chain, place)));
    return tampered(chain, entries, place);
  },
  'a burn of another incident': (chain, pick) => {
    const burn = pick(chain.facts.burns.length);
    const { intent, ...rest } = chain.facts.burns[burn] as (typeof chain.facts.burns)[number];
    const burns = chain.facts.burns.with(burn, { ...rest, intent, incidentId: 'inc-00000000000000000000' });
    const place = chain.entries.findIndex(({ entryId }) => entryId === intent) + 1;
    return tampered(chain, chain.entries, place, { ...chain.facts, burns });
  },
  'a burn that only the first release could have made': (chain, pick) => {
    const place = oneOf(placesOf(chain, 'command_sent'), pick);
    const { dispatch } = eventAt(chain, place, 'command_sent');
    const burns = chain.facts.burns.filter((burn) => burn.dispatch.step !== dispatch.step);
    return tampered(chain, chain.entries, place, { ...chain.facts, burns, byFirstRelease: [dispatch] });
  },
  'an opening that names another alarm than its subject': (chain) => {
    const opened = eventAt(chain, 1, 'incident_opened');
    const changes = { subject: openedSubject(opened), alarmArn: 'arn:aws:cloudwatch:eu-central-1:1:alarm:other' };
    return tampered(chain, rewritten(chain, 1, changes), 1);
  },
  'an approver who did not sign, hashed anew': (chain, pick) => {
    const place = oneOf([...placesOf(chain, 'approval_settled'), askedIntent(chain, pick)], pick);
    const eve = [{ name: 'eve', via: 'slack', id: 'U9' }];
    return tampered(chain, rewritten(chain, place, { by: eve, approvedBy: eve }), place);
  },
  'an intent’s script, hashed anew': (chain, pick) => {
    const place = oneOf(placesOf(chain, 'dispatch_intended'), pick);
    return tampered(chain, rewritten(chain, place, { scriptHash: sha256('rm -rf /') }), place);
  },
  'an intent’s level, hashed anew': (chain, pick) => {
    const place = askedIntent(chain, pick);
    return tampered(chain, rewritten(chain, place, { level: 'read_only' }), place);
  },
  'a standing approval taken off an intent, hashed anew': (chain, pick) => {
    const places = placesOf(chain, 'dispatch_intended');
    const place = oneOf(places, pick);
    const { standing } = eventAt(chain, place, 'dispatch_intended');
    return tampered(chain, rewritten(chain, place, { standing: standing === null ? 'eve: trust me' : null }), place);
  },
  'sent without an intent, hashed anew': (chain, pick) => {
    const place = oneOf(placesOf(chain, 'dispatch_intended'), pick);
    return tampered(chain, without(chain, place), place);
  },
  'a destructive intent that nobody was asked about': (chain, pick) => {
    const place = 3 + pick(closingPlace(chain) - 2);
    const level = pick(2) ? 'destructive' : 'modifying';
    const standing = level === 'destructive' && pick(2) ? 'platform: trust me' : null;
    const changes = { level, standing, requestDigest: null, approvedBy: [], votes: [] };
    return tampered(chain, inserted(chain, place, forgedIntent(chain, changes)), place);
  },
  'a destructive intent with another question’s approval': (chain, pick) => {
    const other = eventAt(chain, askedIntent(chain, pick), 'dispatch_intended');
    const place = closingPlace(chain);
    const { requestDigest, votes, approvedBy } = other;
    const changes = { level: 'destructive', standing: null, requestDigest, votes, approvedBy };
    return tampered(chain, inserted(chain, place, forgedIntent(chain, changes)), place);
  },
  'an end of what was never burnt': (chain, pick) => {
    const place = 3 + pick(closingPlace(chain) - 2);
    const intent = forgedIntent(chain, {
      level: 'read_only',
      standing: null,
      requestDigest: null,
      votes: [],
      approvedBy: [],
    });
    const withIntent = { ...chain, entries: inserted(chain, place, intent) };
    const dispatch = { step: 9, part: 'run', attempt: 1, wave: 1 };
    const event = pick(2)
      ? { kind: 'command_sent', dispatch, commandId: 'never', error: null }
      : { kind: 'command_finished', dispatch, outcome: 'succeeded', results: [] };
    return tampered(chain, inserted(withIntent, place + 1, event, 'forged too'), place + 1);
  },
  'a burn whose intent is not in the chain': (chain, pick) => {
    const place = 3 + pick(closingPlace(chain) - 3);
    const [burn] = chain.facts.burns;
    const dispatch = { step: 9, part: 'run', attempt: 1, wave: 1 } as const;
    const later = isoOf(Date.parse(at(chain, place).at) - 1);
    const more = { ...burn, dispatch, intent: 'gone', at: later } as (typeof chain.facts.burns)[number];
    return tampered(chain, chain.entries, place, { ...chain.facts, burns: [...chain.facts.burns, more] });
  },
  'another command for the same dispatch': (chain, pick) => {
    const sent = oneOf(placesOf(chain, 'command_sent'), pick);
    const event = { ...eventAt(chain, sent, 'command_sent'), commandId: 'another' };
    return tampered(chain, inserted(chain, sent + 1, event), sent + 1);
  },
  'a late fact said twice': (chain, pick) => {
    const place = chain.entries.length + 1;
    const event = at(chain, oneOf(placesOf(chain, 'command_sent'), pick)).event;
    return tampered(chain, inserted(chain, place, { ...event, late: true }), place);
  },
  'a late fact of what never went out': (chain, pick) => {
    const place = chain.entries.length + 1;
    const dispatch = { step: 9, part: 'run', attempt: 1, wave: 1 };
    const events = [
      { kind: 'command_sent', dispatch, commandId: 'x', error: null, late: true },
      { kind: 'command_finished', dispatch, outcome: 'failed', results: [], late: true },
      { kind: 'dispatch_refused', dispatch, outcome: 'refused', reasons: [], late: true },
    ];
    return tampered(chain, inserted(chain, place, events[pick(events.length)] as object), place);
  },
  'a mark of lateness before the closing': (chain, pick) => {
    const place = oneOf(placesOf(chain, 'gate_decided'), pick);
    return tampered(chain, rewritten(chain, place, { late: true }), place);
  },
  'a second opening': (chain, pick) => {
    const place = 2 + pick(closingPlace(chain) - 1);
    return tampered(chain, inserted(chain, place, at(chain, 1).event), place);
  },
  'a first entry that opens nothing': (chain) => {
    const joined = { kind: 'alarm_joined', alarmArn: 'arn', state: 'OK', why: '' };
    return tampered(chain, inserted(chain, 1, joined), 1);
  },
  'a kind that nobody knows': (chain, pick) => {
    const place = 2 + pick(closingPlace(chain) - 1);
    const items = itemsOf(inserted(chain, place, { kind: 'approval_granted', by: 'eve' }));
    return { items, facts: chain.facts, found: { unsure: place } };
  },
};

/** Of chains that are made for them. */
export const kindsOfTheirOwn: Readonly<Record<string, Tamper>> = {
  'a second channel that nobody used': async (_, pick) => {
    const chain = await genuine(`second-${pick(1e6)}`, { ...shapeOf(pick), second: 'missing' });
    const [place] = placesOf(chain, 'approval_settled');
    return { id: chain.id, ...tampered(chain, chain.entries, place ?? 0) };
  },
  'a higher level, intended and burnt, than was asked': async (_, pick) => {
    const chain = await genuine(`level-${pick(1e6)}`, { ...shapeOf(pick), changes: ['modifying'] });
    return { id: chain.id, ...burntAnew(chain, askedIntent(chain, pick), { level: 'destructive' }) };
  },
};

/** What no chain can show; never a pass. */
export const untellable: Readonly<Record<string, Tamper>> = {
  'a chain without votes, edited and hashed anew': async (_, pick) => {
    const chain = await genuine(`quiet-${pick(1e6)}`, { ...shapeOf(pick), changes: [], standing: false });
    const place = oneOf(placesOf(chain, 'gate_decided', 'command_finished', 'incident_closed'), pick);
    const changes = { reasons: [{ rule: 'x', text: 'y' }], outcome: 'failed', status: 'recovered' };
    const { id, facts } = chain;
    return { id, items: itemsOf(rewritten(chain, place, changes)), facts, found: { unsure: null } };
  },
  'the end cut off an open incident': async (_, pick) => {
    const chain = await genuine(`open-${pick(1e6)}`, { ...shapeOf(pick), closed: false });
    const burnt = placesOf(chain, 'dispatch_intended').at(-1) as number;
    const length = burnt + pick(chain.entries.length - burnt);
    const { id, facts } = chain;
    return { id, items: itemsOf(chain.entries.slice(0, length)), facts, found: { unsure: null } };
  },
  'a whole chain gone of which nothing was burnt': (chain) => ({
    items: [],
    facts: { ...chain.facts, burns: [] },
    found: { unsure: null },
  }),
  'a send without a burn, Dispatches not given': (chain, pick) => {
    const event = eventAt(chain, oneOf(placesOf(chain, 'command_sent'), pick), 'command_sent');
    return {
      items: itemsOf(chain.entries),
      facts: { ...chain.facts, burns: chain.facts.burns && null, byFirstRelease: [event.dispatch] },
      found: { unsure: null },
    };
  },
};
