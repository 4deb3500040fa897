/** Steering the machine: the gate's decision for an incident, read, decided and appended in one go. */
import { type AuditWriter, appendAll } from '../audit/append.ts';
import type { EventOf } from '../audit/entry.ts';
import type { Compiled } from '../compiled.ts';
import type { GateAnswer } from '../gate/answer.ts';
import { decideNext } from '../gate/gate.ts';
import { unstated } from '../incident/contributor.ts';
import type { Progress } from '../incident/progress.ts';
import { readSituation, type SituationPorts } from '../incident/situation.ts';
import { asPerson } from '../policy/people.ts';
import type { RiskTools } from '../policy/verdict.ts';

export interface GatePorts extends SituationPorts {
  readonly writer: AuditWriter;
}

/** Decides what comes next and appends the decision, once per change: repeated waiting is one entry. */
export async function gate(
  ports: GatePorts,
  compiled: Compiled,
  tools: RiskTools,
  incidentId: string,
): Promise<GateAnswer> {
  const situation = await readSituation(ports, compiled, incidentId);
  const answer = decideNext(situation, tools);
  // A broken chain takes nothing more: close ends the incident beside it. Nothing comes before the opening, which close writes.
  if (situation.broken !== null || situation.chain.head === null) return answer;
  // From when a contributor is missing nobody but the chain can say later.
  const seen = situation.progress.closed === null ? unstated(situation.alarm, situation.progress) : null;
  const news = [...(seen ? [seen] : []), ...(isRepeated(situation.progress, answer) ? [] : [decided(answer)])];
  if (news.length > 0) await appendAll(ports.writer, incidentId, news, { head: situation.chain.head });
  return answer;
}

function decided(answer: GateAnswer): EventOf<'gate_decided'> {
  const { decision, dispatch, status } = answer;
  return {
    kind: 'gate_decided',
    decision,
    dispatch,
    status,
    reasons: answer.reasons.map(({ rule, text }) => ({ rule, text: text.slice(0, 1000) })),
    ...(decision === 'skip' && answer.derived
      ? {
          wouldAsk: answer.derived.verdict.approvals.approvers.map(asPerson),
          wouldRequire: answer.derived.verdict.approvals.required,
        }
      : {}),
  };
}

function isRepeated({ lastGate }: Progress, answer: GateAnswer): boolean {
  if (answer.decision !== 'wait' || lastGate?.decision !== 'wait') return false;
  return lastGate.reasons[0]?.rule === answer.reasons[0]?.rule;
}
