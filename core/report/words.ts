/** The words for outcomes and endings, in one place: "not run" is said only of what certainly did not run. */
import { foldedOutcome } from '../derive/outcome.ts';
import { isByHand } from '../incident/by-hand.ts';
import type { DispatchProgress } from '../incident/progress.ts';
import type { DispatchOutcome, HostOutcome, IncidentStatus, RiskLevel } from '../words.ts';

/** What became of a step: for people, and the outcome as a word. */
export interface Fate {
  readonly outcome: DispatchOutcome | 'not_sent';
  readonly words: string;
  readonly mark: '✓' | '–' | '✗';
  /** Whether it is left open what happened on a host. */
  readonly isUnsure: boolean;
}

/**
 * What tells whether something ran: `audit` = burns and a chain that may be believed; `burns` = burns beside a broken
 * chain; `nothing` = a broken chain, and burns that could not be read.
 */
export type Proof = 'audit' | 'burns' | 'nothing';

export const levelWords: Readonly<Record<RiskLevel, string>> = {
  read_only: 'Read only',
  modifying: 'Modifying',
  destructive: 'Destructive',
  forbidden: 'Forbidden',
};

/** On a card whose alarm CloudWatch cannot tell about now. */
export const noDataNote =
  'CloudWatch has too little data to say whether the alarm is still on; until it has, nothing destructive is begun';

const lookFirst = 'look at the host first';

const hostWords: Readonly<Record<HostOutcome, { readonly all: string; readonly some: (hosts: string) => string }>> = {
  succeeded: { all: 'ran', some: (hosts) => `ran on ${hosts}` },
  failed: { all: 'failed', some: (hosts) => `failed on ${hosts}` },
  timed_out: { all: 'timed out', some: (hosts) => `timed out on ${hosts}` },
  refused_by_host: { all: 'not run: the host refused it', some: (hosts) => `not run on ${hosts}` },
  not_started: { all: 'not run: it could not be started', some: (hosts) => `not run on ${hosts}` },
  unknown: { all: `may have run: ${lookFirst}`, some: (hosts) => `may have run on ${hosts}: ${lookFirst}` },
};

/**
 * What became of one part of a step, all its attempts and waves together: on each host the newest burnt one counts, since
 * a later one that was refused does not undo what an earlier one did.
 *
 * @param meant Hosts that it was to go to, whether or not it could: what never got it is named.
 */
export function fateOf(dispatches: readonly DispatchProgress[], proof: Proof, meant: readonly string[] = []): Fate {
  if (proof === 'nothing') return unsure(`nobody knows whether it ran: ${lookFirst}`);
  const sorted = inOrder(dispatches);
  const burnt = sorted.filter(({ burn }) => burn !== null);
  const last = burnt.at(-1);
  if (!last) return notRun(sorted.at(-1), proof);
  if (isByHand(last)) return manual(last, proof);
  const ofHosts = new Map(
    burnt.flatMap((known) => (known.burn?.targets ?? []).map((host) => [host, outcomeOn(host, known, proof)] as const)),
  );
  for (const host of [...sorted.flatMap(askedHosts), ...meant])
    if (!ofHosts.has(host)) ofHosts.set(host, 'not_started');
  return together(ofHosts, last);
}

/** Attempts and waves in the order in which they go out. */
export function inOrder(dispatches: readonly DispatchProgress[]): DispatchProgress[] {
  return dispatches.toSorted(({ dispatch: a }, { dispatch: b }) => a.attempt - b.attempt || a.wave - b.wave);
}

function manual({ confirmed }: DispatchProgress, proof: Proof): Fate {
  return confirmed && proof === 'audit'
    ? { outcome: 'succeeded', words: 'done by hand', mark: '✓', isUnsure: false }
    : unsure(`may have been done by hand: ${lookFirst}`);
}

function unsure(words: string): Fate {
  return { outcome: 'unknown', words, mark: '✗', isUnsure: true };
}

function notRun(known: DispatchProgress | undefined, proof: Proof): Fate {
  const why = known && proof === 'audit' ? whyNot(known) : null;
  const outcome = known && proof === 'audit' ? known.refused?.outcome : undefined;
  return {
    outcome: outcome ?? 'not_sent',
    words: why === null ? 'not run' : `not run: ${why}`,
    mark: outcome === undefined ? '–' : '✗',
    isUnsure: false,
  };
}

function whyNot({ refused, settled }: DispatchProgress): string | null {
  if (refused) return refused.outcome === 'stale' ? 'what was asked had changed' : 'refused by the executor';
  if (settled?.decision === 'expired') return 'nobody answered in time';
  return settled?.decision === 'undeliverable' ? 'nobody could be asked' : null;
}

/** Hosts that a question or an intent named, for this wave or those after it: what of them was never burnt was certainly not reached. */
function askedHosts({ requested, intended }: DispatchProgress): string[] {
  return [...(requested?.targets ?? []), ...(intended?.targets ?? []), ...(intended?.rest ?? [])];
}

/** How a burnt dispatch ended on a host, as far as the audit may be believed; what it does not say is not known. */
function outcomeOn(host: string, { finished, sent }: DispatchProgress, proof: Proof): HostOutcome {
  if (proof !== 'audit' || finished === null) return 'unknown';
  if (finished.results.length === 0)
    return finished.outcome === 'not_started' && !sent?.commandId ? 'not_started' : 'unknown';
  const result = finished.results.find(({ target }) => target === host);
  if (result === undefined) return 'unknown';
  return (
    result.outcome ??
    (finished.results.length === 1 ? byFirstRelease(finished.outcome, result.status) : inMix(result.status))
  );
}

/** The first release gave one outcome to all hosts, and called a lost delivery a time-out. */
function byFirstRelease(outcome: DispatchOutcome, status: string): HostOutcome {
  if (status.replaceAll(' ', '') === 'DeliveryTimedOut') return 'unknown';
  if (outcome === 'refused') return 'refused_by_host';
  return outcome === 'succeeded' || outcome === 'failed' || outcome === 'timed_out' ? outcome : 'unknown';
}

function inMix(status: string): HostOutcome {
  return status === 'Success' ? 'succeeded' : 'unknown';
}

function together(ofHosts: ReadonlyMap<string, HostOutcome>, last: DispatchProgress): Fate {
  const groups = Map.groupBy([...ofHosts], ([, outcome]) => outcome);
  const [only, ...others] = groups.keys();
  if (only === undefined) return unsure(hostWords.unknown.all);
  if (others.length === 0) return alike(only, last);
  const words = [...groups].map(([outcome, hosts]) => hostWords[outcome].some(hosts.map(([host]) => host).join(', ')));
  return {
    outcome: foldedOutcome([...ofHosts.values()]),
    words: words.join('; '),
    mark: '✗',
    isUnsure: groups.has('unknown'),
  };
}

function alike(outcome: HostOutcome, { finished, sent }: DispatchProgress): Fate {
  const isSilent = outcome === 'unknown' && finished === null && sent !== null && sent.commandId !== null;
  const words = isSilent ? `sent, result unknown: ${lookFirst}` : hostWords[outcome].all;
  const mark = outcome === 'succeeded' ? '✓' : '✗';
  return { outcome: foldedOutcome([outcome]), words, mark, isUnsure: outcome === 'unknown' };
}

/** What people are told first when it is not known whether a step ran. */
export const unsureAdvice = `A step may have run, and its result is not known: ${lookFirst}.`;

/** Per status: the headline, and what to do next. Neither says of the alarm or of hosts what only a look can tell. */
export const endingWords: Readonly<Record<IncidentStatus, { readonly title: string; readonly next: string }>> = {
  resolved: { title: 'Resolved', next: 'Nothing to do. Look into the cause by day.' },
  recovered: { title: 'Recovered by itself', next: 'Nothing was changed. Look into the cause by day.' },
  unverified: { title: 'Not verified', next: 'The alarm is not known to stay in OK. Look at it now.' },
  rejected: { title: 'Rejected', next: 'Fix it by hand.' },
  expired: { title: 'Nobody answered in time', next: 'Nobody decided. Take over by hand now.' },
  halted: { title: 'Halted', next: 'Countersign stopped and will not go on by itself. Take over by hand now.' },
  failed: { title: 'Failed', next: 'A step or Countersign itself failed. Take over by hand now.' },
  aborted: {
    title: 'Stopped from outside',
    next: 'Someone stopped the run. Check what already ran, then take over by hand.',
  },
  dry_run: {
    title: 'Dry run, nothing changed',
    next: 'Fix it by hand, or set mode: live in countersign.yaml.',
  },
  no_match: { title: 'No runbook fits', next: 'Fix it by hand, then write a runbook for this alarm.' },
};
