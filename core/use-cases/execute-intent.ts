/** The durable intent before a send: what is to run, where, under whose votes and until when a host may begin it. */
import { AuditUnavailable, append } from '../audit/append.ts';
import { headOf } from '../audit/chain.ts';
import { type EventOf, planDigest } from '../audit/entry.ts';
import { type Derived, hostsOf, restAfter } from '../derive/derive.ts';
import { parametersDigest } from '../derive/frozen.ts';
import { clockGraceSeconds, deliveryTimeoutSeconds } from '../derive/run-document.ts';
import { canonicalJson } from '../digest.ts';
import type { DispatchProgress } from '../incident/progress.ts';
import type { Situation } from '../incident/situation.ts';
import { release } from '../release.ts';
import { standingOf } from './execute-burn.ts';
import type { ExecutePorts, Granted } from './execute-ports.ts';

type Intent = EventOf<'dispatch_intended'>;

/** An intent that is to be written, or that an earlier call wrote and got no further with. */
export interface Intending {
  readonly event: Intent;
  /** The id of its entry; null = it is not in the chain yet. */
  readonly id: string | null;
}

/** The intent of this dispatch; an earlier one that says the same is gone on with, while its time to begin is not nearly over. */
export function intending(
  ports: ExecutePorts,
  situation: Situation,
  derived: Derived,
  granted: Granted,
  known: DispatchProgress | undefined,
): Intending {
  const notAfter = Math.floor(ports.now() / 1000) + deliveryTimeoutSeconds + clockGraceSeconds;
  const event = intentOf(situation, derived, granted, notAfter);
  const earlier = known?.burn === null ? known.intended : null;
  if (!earlier || earlier.notAfter - ports.now() / 1000 <= deliveryTimeoutSeconds) return { event, id: null };
  const isSame = canonicalJson({ ...earlier, notAfter }) === canonicalJson(event);
  return isSame ? { event: earlier, id: known?.intentId ?? null } : { event, id: null };
}

function intentOf({ progress }: Situation, derived: Derived, granted: Granted, notAfter: number): Intent {
  const { dispatch, scriptHash, verdict } = derived;
  const rest = restAfter(derived);
  return {
    kind: 'dispatch_intended',
    dispatch,
    scriptHash,
    level: verdict.level,
    targets: [...hostsOf(derived)],
    ...(rest.length > 0 ? { rest } : {}),
    document: granted.document.name,
    requestDigest: granted.question?.digest ?? null,
    standing: standingOf(derived),
    approvedBy: [...granted.by],
    notAfter,
    executionTimeoutSeconds: derived.timeoutSeconds,
    ...(derived.waitSeconds > 0 ? { waitSeconds: derived.waitSeconds } : {}),
    votes: [...granted.votes],
    ...(progress.planned ? { planDigest: planDigest(progress.planned) } : {}),
    parametersDigest: parametersDigest(derived.parameters),
    release,
  };
}

/** Writes it, if it is not there: its entry's id, and the head behind which the next entry may go. Throws when it cannot be written. */
export async function intend(ports: ExecutePorts, { incidentId, chain }: Situation, { event, id }: Intending) {
  if (id !== null) return { id, head: chain.head };
  const entry = await append(ports.writer, incidentId, event, { head: chain.head });
  if (!entry) throw new AuditUnavailable(`audit: incident ${incidentId} is closed, so nothing is sent`);
  return { id: entry.entryId, head: headOf(entry) };
}
