/** Verifying sends: an intent before each, a burn for each, and for each burn the intent that it names, word for word. */
import type { Burn } from '../burn.ts';
import { canonicalJson, digest } from '../digest.ts';
import { dispatchName, sameDispatch } from '../dispatch.ts';
import type { ReadEntry } from './chain.ts';
import { type EventOf, planDigest } from './entry.ts';
import { type ChainFacts, type Finding, missing, problem, unsureWhether } from './verify-finding.ts';

type Known = Pick<ChainFacts, 'burns' | 'byFirstRelease'>;

/** An entry with the event that it was read as. */
interface Said<K extends 'dispatch_intended' | EffectKind> {
  readonly place: number;
  readonly entryId: string;
  readonly event: EventOf<K>;
}
type Intended = Said<'dispatch_intended'>;
type Effect = Said<EffectKind>;
type EffectKind = (typeof effectKinds)[number];

/** Kinds that say that a burnt dispatch was carried out. */
const effectKinds = ['command_sent', 'command_finished', 'step_confirmed'] as const;

function isEffect(event: ReadEntry['event']): event is EventOf<EffectKind> {
  return event !== null && (effectKinds as readonly string[]).includes(event.kind);
}

/** Intents, sends and ends against each other, against the plan, and against Dispatches. */
export function burnFindings(chain: string, entries: readonly ReadEntry[], known: Known): Finding[] {
  const intents = entries.flatMap(({ sequence, entryId, event }): Intended[] =>
    event?.kind === 'dispatch_intended' ? [{ place: sequence, entryId, event }] : [],
  );
  const effects = entries.flatMap(({ sequence, entryId, event }): Effect[] =>
    isEffect(event) ? [{ place: sequence, entryId, event }] : [],
  );
  return [
    ...effects.flatMap((effect) => unintended(effect, intents)),
    ...doubleSends(effects),
    ...planFindings(entries, intents),
    ...(known.burns === null
      ? [
          unsureWhether(
            'Dispatches was not given: whether what was sent was burnt, and all of it is here, cannot be told',
          ),
        ]
      : [
          ...firstOfEach(effects).flatMap((effect) => unburnt(effect, intents, known.burns ?? [], known)),
          ...known.burns.flatMap((burn) => unsaid(chain, entries, intents, burn)),
        ]),
  ];
}

function unintended({ place, event }: Effect, intents: readonly Intended[]): Finding[] {
  const isIntended = intents.some((one) => one.place < place && sameDispatch(one.event.dispatch, event.dispatch));
  return isIntended
    ? []
    : [problem(place, `${event.kind} of ${dispatchName(event.dispatch)} without an intent before it`)];
}

/** One dispatch is one command: two ids say that it was sent twice, or that one of them is a lie. */
function doubleSends(effects: readonly Effect[]): Finding[] {
  const first = new Map<string, string>();
  return effects.flatMap(({ place, event }) => {
    if (event.kind !== 'command_sent' || event.commandId === null) return [];
    const name = dispatchName(event.dispatch);
    const before = first.get(name) ?? event.commandId;
    first.set(name, before);
    return before === event.commandId ? [] : [problem(place, `says another command id for ${name} than before`)];
  });
}

/** Every intent names the whole plan by its digest. */
function planFindings(entries: readonly ReadEntry[], intents: readonly Intended[]): Finding[] {
  const planned = entries.find(({ kind }) => kind === 'planned');
  const named = intents.filter(({ event }) => event.planDigest !== undefined);
  if (named.length === 0) return [];
  if (!planned) return named.map(({ place }) => problem(place, 'names a plan, and the chain holds none'));
  const { event, raw, sequence } = planned;
  const digests = [digest('plan/v1', raw), event?.kind === 'planned' && event !== raw ? planDigest(event) : ''];
  const others = named.filter(({ event: intent }) => !digests.includes(intent.planDigest ?? ''));
  return others.length === named.length
    ? [problem(sequence, 'is not the plan that the intents name')]
    : others.map(({ place }) => problem(place, 'names another plan than the one in the chain'));
}

function firstOfEach(effects: readonly Effect[]): Effect[] {
  const first = new Map<string, Effect>();
  for (const effect of effects) {
    const name = dispatchName(effect.event.dispatch);
    if (!first.has(name)) first.set(name, effect);
  }
  return [...first.values()];
}

function unburnt(
  { place, event }: Effect,
  intents: readonly Intended[],
  burns: readonly Burn[],
  known: Known,
): Finding[] {
  const isOld = intents.some(
    (one) => sameDispatch(one.event.dispatch, event.dispatch) && one.event.planDigest === undefined,
  );
  const isBurnt =
    burns.some(({ dispatch }) => sameDispatch(dispatch, event.dispatch)) ||
    (isOld && known.byFirstRelease.some((dispatch) => sameDispatch(dispatch, event.dispatch)));
  return isBurnt ? [] : [problem(place, `${event.kind} of ${dispatchName(event.dispatch)}, which was never burnt`)];
}

function unsaid(chain: string, entries: readonly ReadEntry[], intents: readonly Intended[], burn: Burn): Finding[] {
  const name = dispatchName(burn.dispatch);
  const named = intents.find(({ entryId }) => entryId === burn.intent);
  if (named) {
    const isSame = burn.incidentId === chain && isAsIntended(burn, named.event);
    return isSame ? [] : [problem(named.place, `intends something else than was burnt as ${name}`)];
  }
  const other = intents.find(({ event }) => sameDispatch(event.dispatch, burn.dispatch));
  if (other) return [problem(other.place, `is not the intent with which ${name} was burnt`)];
  return [
    missing(placeOf(entries, burn), `is missing: ${name} was burnt at ${burn.at}, and the intent for it is not here`),
  ];
}

/** Where an intent that is gone should lie: before the first entry that is later than its burn. Our clocks write one form of ISO 8601, which sorts as text. */
function placeOf(entries: readonly ReadEntry[], burn: Burn): number {
  const later = entries.find(({ at }) => at > burn.at);
  return later?.sequence ?? entries.length + 1;
}

/** Whether a burn says word for word what its intent says. */
function isAsIntended(burn: Burn, intent: EventOf<'dispatch_intended'>): boolean {
  return (
    sameDispatch(burn.dispatch, intent.dispatch) &&
    burn.level === intent.level &&
    burn.scriptHash === intent.scriptHash &&
    burn.standing === intent.standing &&
    burn.questionDigest === intent.requestDigest &&
    burn.planDigest === (intent.planDigest ?? null) &&
    burn.parametersDigest === (intent.parametersDigest ?? null) &&
    canonicalJson([...burn.targets].sort()) === canonicalJson([...intent.targets].sort())
  );
}
