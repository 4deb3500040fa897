/** After everything: the invariants over all that the hosts got and all chains of the run, however hostile it was. */
import { expect, test } from 'vitest';
import { loadReparse } from '../../adapters/tree-sitter/reparse.ts';
import { genuineVotes } from '../../core/approval/votes.ts';
import type { ReadEntry } from '../../core/audit/chain.ts';
import type { AuditEvent, EventOf } from '../../core/audit/entry.ts';
import { verifyChain } from '../../core/audit/verify.ts';
import { sha256 } from '../../core/digest.ts';
import { dispatchKey } from '../../core/dispatch.ts';
import { questionDigest } from '../../core/question.ts';
import { classify } from '../../core/risk/classify.ts';
import type { SentCommand } from '../../local/managed-node.ts';
import { webHost } from '../../local/virtual-host.ts';
import { eventsOf, type Stage, todaysChains } from './stage.ts';

/** The fewest that a file's scenarios leave behind: an invariant over nothing would hold. */
export interface AtLeast {
  readonly commands: number;
  readonly mutating: number;
  readonly incidents: number;
}

export function invariants(on: () => Stage, atLeast: AtLeast): void {
  test('I3, I6, I9: no host got a dispatch twice, without an earlier intent, with other bytes, or without being opted in', async () => {
    const { laptop } = on();
    const keys = laptop.node.commands.map(({ comment }) => comment);
    expect(keys.length).toBeGreaterThanOrEqual(atLeast.commands);
    expect(new Set(keys).size).toBe(keys.length);
    for (const command of laptop.node.commands) {
      const intent = intentOf(await chainOf(on(), command), command);
      expect(intent, command.comment).toMatchObject({ scriptHash: sha256(command.script) });
      expect(command.instanceIds).toEqual([webHost.instanceId]);
    }
  });

  test('I1, I2: everything above read_only was signed by an approver, for exactly these bytes', async () => {
    const { laptop } = on();
    const publicKey = await laptop.publicKey();
    const reparse = await loadReparse(new URL('../../node_modules', import.meta.url));
    const mutating = laptop.node.commands.filter(({ script }) => classify(script, { reparse }).level !== 'read_only');
    expect(mutating.length).toBeGreaterThanOrEqual(atLeast.mutating);
    for (const command of mutating) {
      const chain = await chainOf(on(), command);
      const intent = intentOf(chain, command);
      const question = ofKind(chain, 'approval_requested').find(
        ({ scriptHash, requestDigest }) =>
          scriptHash === sha256(command.script) && requestDigest === intent?.requestDigest,
      )?.question;
      const digest = question && questionDigest(question);
      expect(digest, command.comment).toBe(intent?.requestDigest);
      const votes = genuineVotes(intent?.votes ?? [], digest ?? '', publicKey).map(({ vote }) => vote);
      expect(votes.map(({ word, by }) => [word, by.name])).toEqual(
        intent?.approvedBy.map(({ name }) => ['approve', name]),
      );
      expect(votes.every(({ by }) => question?.terms.approvers.includes(by.name))).toBe(true);
      expect(votes).toHaveLength(question?.terms.required ?? 0);
    }
  });

  test('I7: every chain of the run is whole but the one that was changed, the day’s, which all functions write, included', async () => {
    const { laptop } = on();
    const incidents = new Set(laptop.node.commands.map(({ comment }) => comment.split('.')[0] ?? ''));
    const broken: string[] = [];
    for (const name of [...incidents, ...todaysChains()])
      if (verifyChain(name, await laptop.items(name)).problems.length > 0) broken.push(name);
    expect(broken).toEqual(on().tampered);
    expect(incidents.size).toBeGreaterThanOrEqual(atLeast.incidents);
  });
}

function chainOf({ laptop }: Stage, { comment }: SentCommand): Promise<readonly ReadEntry[]> {
  return laptop.chain(comment.split('.')[0] ?? '');
}

function intentOf(chain: readonly ReadEntry[], { comment }: SentCommand): EventOf<'dispatch_intended'> | undefined {
  const sent = chain.findIndex(
    ({ chain: id, event }) => event?.kind === 'command_sent' && dispatchKey(id, event.dispatch) === comment,
  );
  // A machine that was stopped in the middle of a send has only the intent.
  const before = sent < 0 ? chain : chain.slice(0, sent);
  return before.flatMap(({ chain: id, event }) =>
    event?.kind === 'dispatch_intended' && dispatchKey(id, event.dispatch) === comment ? [event] : [],
  )[0];
}

function ofKind<K extends AuditEvent['kind']>(chain: readonly ReadEntry[], kind: K): EventOf<K>[] {
  return eventsOf(chain).filter((event) => event.kind === kind) as EventOf<K>[];
}
