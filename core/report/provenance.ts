/** Provenance: what each command that was sent rests on, as in-toto Statements v1 that are derived from entries and from nothing else. */
import type { ReadEntry } from '../audit/chain.ts';
import { type EventOf, openedSubject } from '../audit/entry.ts';
import { type Dispatch, dispatchKey, sameDispatch } from '../dispatch.ts';
import type { Envelope } from '../dsse.ts';
import type { Person } from '../person.ts';
import type { Vote } from '../question.ts';

/** https://in-toto.io/Statement/v1: https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md */
export interface Statement {
  readonly _type: 'https://in-toto.io/Statement/v1';
  /** The bytes that were sent to the hosts, by their SHA-256, under the name by which a host knows the dispatch. */
  readonly subject: readonly [{ readonly name: string; readonly digest: { readonly sha256: string } }];
  readonly predicateType: typeof predicateType;
  readonly predicate: Execution;
}

/** What the predicate means is in docs/audit.md. */
export const predicateType = 'urn:countersign:execution:v1';

export interface Execution {
  readonly incident: string;
  readonly dispatch: Dispatch;
  readonly about: ReturnType<typeof openedSubject>;
  readonly mode: string | null;
  readonly environment: string | null;
  readonly runbook: { readonly id: string; readonly digest: { readonly sha256: string } } | null;
  readonly policy: { readonly digest: { readonly sha256: string } } | null;
  /** The risk that the floor and the policy came to, and the release whose floor it was; null = was not kept. */
  readonly risk: { readonly level: string; readonly release: string | null };
  readonly document: string;
  readonly targets: readonly string[];
  readonly approvals: readonly { readonly by: Person; readonly word: string; readonly at: string }[];
  /** Who granted the standing approval under which nobody was asked. */
  readonly standing: string | null;
  readonly intendedAt: string;
  /** Null = whether it was sent, or how it ended, is in no entry. */
  readonly sent: { readonly at: string; readonly commandId: string | null } | null;
  readonly result: EventOf<'command_finished'>['outcome'] | null;
  readonly hosts: readonly {
    readonly target: string;
    readonly outcome: string | null;
    readonly exitCode: number;
    readonly stdout: { readonly sha256: string };
    readonly stderr: { readonly sha256: string };
  }[];
  /** The entries that say so, by place and hash: checkpoints cover them, and the votes in them are signed. */
  readonly entries: readonly { readonly sequence: number; readonly digest: { readonly sha256: string } }[];
}

/** One for each dispatch of which something was sent, or may have been, in their order. */
export function statementsOf(incident: string, entries: readonly ReadEntry[]): Statement[] {
  return entries.flatMap((entry) => {
    const { event } = entry;
    return event?.kind === 'dispatch_intended' ? statementOf(incident, entries, entry, event) : [];
  });
}

type Intent = EventOf<'dispatch_intended'>;

function statementOf(
  incident: string,
  entries: readonly ReadEntry[],
  intended: ReadEntry,
  intent: Intent,
): Statement[] {
  const sent = after(entries, intended, 'command_sent', intent.dispatch);
  const finished = after(entries, intended, 'command_finished', intent.dispatch);
  const planned = entries.find(({ kind }) => kind === 'planned');
  const opened = entries[0];
  // An intent that nothing followed was refused, or goes on in a later one of the same dispatch.
  if ((!sent && !finished) || opened?.event?.kind !== 'incident_opened') return [];
  const plan = planned?.event?.kind === 'planned' ? planned.event : null;
  const result = finished?.event?.kind === 'command_finished' ? finished.event : null;
  const { level, release = null, document, targets, scriptHash, standing, dispatch } = intent;
  return [
    {
      _type: 'https://in-toto.io/Statement/v1',
      subject: [{ name: dispatchKey(incident, dispatch), digest: { sha256: scriptHash } }],
      predicateType,
      predicate: {
        incident,
        dispatch,
        about: openedSubject(opened.event),
        mode: plan?.mode ?? null,
        environment: plan?.environment ?? null,
        runbook: plan?.runbook ? { id: plan.runbook.id, digest: { sha256: plan.runbook.digest } } : null,
        policy: plan ? { digest: { sha256: plan.policyDigest } } : null,
        risk: { level, release },
        document,
        targets,
        approvals: (intent.votes ?? []).flatMap(approvalIn),
        standing,
        intendedAt: intended.at,
        sent: sent?.event?.kind === 'command_sent' ? { at: sent.at, commandId: sent.event.commandId } : null,
        result: result?.outcome ?? null,
        hosts: (result?.results ?? []).map(({ target, outcome = null, exitCode, stdoutHash, stderrHash }) => ({
          target,
          outcome,
          exitCode,
          stdout: { sha256: stdoutHash },
          stderr: { sha256: stderrHash },
        })),
        entries: [opened, planned, intended, sent, finished].flatMap((entry) =>
          entry ? [{ sequence: entry.sequence, digest: { sha256: entry.hash } }] : [],
        ),
      },
    },
  ];
}

function after(
  entries: readonly ReadEntry[],
  intended: ReadEntry,
  kind: 'command_sent' | 'command_finished',
  dispatch: Dispatch,
): ReadEntry | undefined {
  return entries.find(
    ({ sequence, event }) =>
      sequence > intended.sequence && event?.kind === kind && sameDispatch(event.dispatch, dispatch),
  );
}

/** The vote in an envelope, as it says; whether it is genuine says `audit verify`. */
function approvalIn({ payload }: Envelope): Execution['approvals'] {
  const { by, word, at } = JSON.parse(Buffer.from(payload, 'base64').toString('utf8')) as Vote;
  return [{ by, word, at }];
}
