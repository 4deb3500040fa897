/** Who may do what: one row per function. What a row does not name, the function cannot do, whatever its code says. */
import type { Grants } from './grants.ts';
import type { Grant } from './lambda-function.ts';
import type { FunctionName } from './names.ts';

/** The rows. Only `decide` signs and wakes, only `execute` sends, only `close` and `sweep` delete, `slack` reaches no table. */
export function authority(may: Grants): Readonly<Record<FunctionName, readonly Grant[]>> {
  const records = [may.workWrite, may.auditAppend];
  const closing = [...records, may.workDelete, may.controlUpdate, may.botToken, may.page, may.alarmRead];
  return {
    triage: [...records, may.alarmRead, may.machineStart],
    plan: [...records, may.alarmRead, may.metricRead, may.instanceRead, may.modelKey],
    gate: [...records, may.alarmRead, may.instanceRead, may.controlRead],
    'request-approval': [...records, may.alarmRead, may.instanceRead, may.controlPut, may.botToken],
    slack: [may.signingSecret, may.botToken, may.decideInvoke],
    decide: [...records, may.controlUpdate, may.signingSecret, may.botToken, may.sign, may.tokenWake],
    settle: [...records, may.controlUpdate, may.botToken],
    execute: [...records, may.controlCheck, may.alarmRead, may.instanceRead, may.documentRead, may.verify, may.sendAs],
    poll: [...records, may.commandRead],
    close: closing,
    sweep: [...closing, may.machineRead, may.machineStart],
  };
}
