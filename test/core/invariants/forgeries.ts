/** What somebody who may put into Audit would write there: entries of every kind that decides or tells something, with right hashes or without. */
import { entryOf, nextEntry, noPrevious, readChain, recoveryChain } from '../../../core/audit/chain.ts';
import type { AuditEvent } from '../../../core/audit/entry.ts';
import type { AuditEntry } from '../../../core/audit/envelope.ts';
import { entryHash } from '../../../core/audit/stored.ts';
import { canonicalJson, sha256 } from '../../../core/digest.ts';
import type { Dispatch } from '../../../core/dispatch.ts';
import { type Envelope, payloadTypes } from '../../../core/dsse.ts';
import { isoOf } from '../../../core/time.ts';
import { DispatchOutcome, HostOutcome, IncidentStatus } from '../../../core/words.ts';
import { ana, instanceId } from '../../support/fixtures.ts';
import type { World } from '../../support/world.ts';
import type { Chance } from './chance.ts';

const person = { ...ana, via: 'slack' as const };
const digest = sha256('forged');

/** Mostly what was burnt last or is asked now, where a false word weighs most; else any. */
export function dispatchBy(chance: Chance, world: World): Dispatch {
  const burnt = [...world.dispatches.burnt.values()].at(-1)?.dispatch;
  const asked = world.questions(world.incidentId()).at(-1)?.question.items[0]?.dispatch;
  const drawn = {
    step: 1 + chance.below(5),
    part: chance.of(['run', 'run', 'before', 'after', 'dry_run', 'rollback', 'verify'] as const),
    attempt: chance.isTrue(0.1) ? 2 : 1,
    wave: chance.isTrue(0.1) ? 2 : 1,
  };
  return chance.of([burnt, burnt, asked, null]) ?? drawn;
}

/** An envelope that is genuine and of another question, or one in ana's name that no key signed. */
export function envelopeBy(chance: Chance, world: World, genuine: readonly Envelope[]): Envelope {
  if (genuine.length > 0 && chance.isTrue(0.3)) return chance.of(genuine);
  const question = world.questions(world.incidentId()).at(-1)?.digest ?? digest;
  const vote = { format: 1, question, word: 'approve', by: person, at: isoOf(world.now), reason: '' };
  return {
    payloadType: payloadTypes.vote,
    payload: Buffer.from(canonicalJson(vote)).toString('base64'),
    signatures: [{ keyid: 'test-key', sig: 'AAAA' }],
  };
}

type Forged = Readonly<Record<string, unknown>> & { readonly kind: string };
type Forge = (chance: Chance, dispatch: Dispatch, world: World, genuine: readonly Envelope[]) => Forged;

const forges: readonly Forge[] = [
  (chance, dispatch) => ({
    kind: 'gate_decided',
    decision: chance.of(['skip', 'proceed', 'halt', 'done', 'ask']),
    dispatch,
    status: null,
    reasons: [{ rule: 'x', text: 'forged' }],
  }),
  (chance, dispatch) => ({
    kind: 'approval_settled',
    dispatch,
    policyDigest: digest,
    requestDigest: digest,
    decision: chance.of(['approved', 'answered', 'rejected', 'expired', 'undeliverable']),
    by: [person],
    reason: 'forged',
  }),
  (chance, dispatch, world, genuine) => ({
    kind: 'vote_signed',
    dispatch,
    questionDigest: digest,
    word: 'approve',
    by: person,
    envelope: envelopeBy(chance, world, genuine),
  }),
  (chance, dispatch, world, genuine) => ({
    kind: 'dispatch_intended',
    dispatch,
    scriptHash: digest,
    level: chance.of(['read_only', 'modifying', 'destructive']),
    targets: [instanceId],
    document: world.compiled.document.name,
    requestDigest: digest,
    standing: chance.of([null, 'ben: harmless']),
    approvedBy: [person],
    notAfter: Math.floor(world.now / 1000) + 60,
    executionTimeoutSeconds: 60,
    votes: [envelopeBy(chance, world, genuine)],
    planDigest: digest,
    parametersDigest: digest,
  }),
  (chance, dispatch) => ({
    kind: 'command_sent',
    dispatch,
    commandId: chance.of([null, 'command-1', 'command-2', 'nobody-s']),
    error: null,
  }),
  ...Array.from(
    { length: 6 },
    (): Forge => (chance, dispatch) => ({
      kind: 'command_finished',
      dispatch,
      outcome: chance.of(DispatchOutcome.options),
      results: chance.isTrue(0.4)
        ? []
        : [
            {
              target: instanceId,
              status: 'Success',
              exitCode: 0,
              stdoutHash: sha256('all is well'),
              stderrHash: sha256(''),
              outcome: chance.of(HostOutcome.options),
            },
          ],
    }),
  ),
  (_chance, dispatch) => ({ kind: 'step_confirmed', dispatch }),
  (chance, dispatch) => ({
    kind: 'dispatch_refused',
    dispatch,
    outcome: chance.of(['refused', 'stale']),
    reasons: [{ rule: 'x', text: 'forged' }],
  }),
  (chance) => ({ kind: 'incident_closed', status: chance.of(IncidentStatus.options), cause: 'forged' }),
  (_chance, _dispatch, world) => ({
    kind: 'people_told',
    incidentId: world.incidentId(),
    status: 'resolved',
    slack: true,
    paged: true,
    late: true,
  }),
  (chance, _dispatch, world) => ({ ...plan(world), ...chance.of(planChanges) }),
  () => ({ kind: 'from_the_future', mustKnow: true }),
  () => ({ kind: 'from_the_future' }),
];

const planChanges: readonly object[] = [
  {},
  { mode: 'dry_run' },
  { environment: 'sandbox' },
  { steps: [] },
  { targets: { all: ['i-0000000000000bad0'] } },
  { parameters: { unit: 'database' } },
  { confidence: 1, problems: [] },
];

/** The plan as it would honestly be, of which a forged one differs. */
function plan(world: World): Forged {
  const there = world.events(world.incidentId()).find(({ kind }) => kind === 'planned');
  const [runbook] = world.compiled.runbooks;
  return (
    there ?? {
      kind: 'planned',
      mode: 'live',
      environment: 'production',
      runbook: { id: runbook?.id ?? '', digest: runbook?.digest ?? '' },
      policyDigest: world.compiled.policyDigest,
      confidence: 0.95,
      chosenBy: 'route',
      model: 'off',
      parameters: {},
      steps: [],
      problems: [],
      targets: { all: [instanceId] },
      evidence: [],
    }
  );
}

/** One write to Audit at will: mostly an entry that follows, which breaks nothing; else over, far behind, or beside the chain. */
export function tamperWithAudit(chance: Chance, world: World, genuine: readonly Envelope[]): string {
  const id = world.incidentId();
  const event = chance.of(forges)(chance, dispatchBy(chance, world), world, genuine);
  const items = world.audit.chains.get(id) ?? [];
  const how = chance.isTrue(0.8) ? 'follow' : chance.of(['replace', 'rehash', 'garbage', 'beside'] as const);
  if (how === 'garbage') {
    world.audit.plant(
      id,
      chance.of([0, -1, items.length, items.length + 1, 10 ** 9]),
      chance.of(['{}', '', '[', 'null']),
    );
    return how;
  }
  const chain = how === 'beside' ? recoveryChain(id) : id;
  const author = { entryId: `forged-${chance.below(2 ** 31)}`, at: isoOf(world.now), actor: 'execute' };
  if (how === 'follow' || how === 'beside') {
    const { head } = readChain(chain, world.audit.chains.get(chain) ?? []);
    const entry = nextEntry(chain, head, author, event as AuditEvent);
    world.audit.plant(chain, entry.sequence, canonicalJson(entry));
    return `${how} ${event.kind} ${canonicalJson(event).slice(0, 200)}`;
  }
  const at = chance.below(items.length);
  const old = entryOf(items[at]?.text ?? '');
  if (!old) return 'nothing';
  replace(world, id, at, { ...old, event: event as AuditEntry['event'] }, how === 'rehash');
  return `${how} ${old.event.kind} at ${old.sequence} by ${event.kind}`;
}

/** Puts an entry over another; with `all` every later one gets its hash anew, so that the chain is whole again. */
function replace(world: World, chain: string, at: number, entry: AuditEntry, all: boolean): void {
  const entries = (world.audit.chains.get(chain) ?? []).map(({ text }) => entryOf(text));
  let previous = entries[at - 1]?.hash ?? noPrevious;
  for (const [index, old] of entries.entries()) {
    if (index < at || !old || (!all && index > at)) continue;
    const changed = { ...(index === at ? entry : old), previous };
    const hashed = { ...changed, hash: entryHash(changed) };
    previous = hashed.hash;
    world.audit.plant(chain, hashed.sequence, canonicalJson(hashed));
  }
}
