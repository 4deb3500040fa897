/** Who may do what: one row per function. What a row does not name, the function cannot do, whatever its code says. */

import type { FunctionName } from '../core/functions.ts';
import type { Grants } from './grants.ts';
import type { Grant } from './lambda-function.ts';

/**
 * The rows. Only `decide` signs votes and wakes, only `execute` sends and writes Dispatches, only `poll` cancels, only `close`
 * and `sweep` delete, `slack` and `checkpoint` reach no table, `archive` and `tell` append nothing, and nobody but `decide` and
 * `archive` the kill switch. `archive` and `checkpoint` put into the archive, each into folders of its own. Whoever believes a
 * signature, or reads the kill switch, verifies with the public key.
 */
export function authority(may: Grants): Readonly<Record<FunctionName, readonly Grant[]>> {
  const records = [may.workWrite, may.auditAppend];
  const judging = [may.auditAppend, may.alarmRead, may.instanceRead, may.dispatchesRead, may.publicKey];
  const closing = [
    ...records,
    may.workDelete,
    may.controlUpdate,
    may.notTheSwitch,
    may.dispatchesRead,
    may.publicKey,
    may.botToken,
    may.page,
    may.alarmRead,
    may.commandRead,
  ];
  return {
    triage: [
      ...records,
      may.doorbellsRead,
      may.controlGet,
      may.publicKey,
      may.alarmRead,
      may.muteRead,
      may.machineStart,
    ],
    plan: [...records, may.alarmRead, may.metricRead, may.instanceRead, may.modelKey],
    gate: [...judging, may.controlRead],
    'request-approval': [...judging, may.workWrite, may.controlPut, may.notTheSwitch, may.botToken],
    slack: [may.signingSecret, may.botToken, may.decideInvoke],
    decide: [
      may.auditAppend,
      may.workRead,
      may.pace,
      may.controlUpdate,
      may.switchWrite,
      may.dispatchesRead,
      may.publicKey,
      may.signingSecret,
      may.botToken,
      may.sign,
      may.tokenWake,
      may.triageInvoke,
    ],
    settle: [...records, may.controlUpdate, may.notTheSwitch, may.publicKey, may.botToken, may.page],
    execute: [...judging, may.workWrite, ...may.burn, may.controlRead, may.commandRead, may.documentRead, may.sendAs],
    poll: [...records, may.controlGet, may.publicKey, may.commandRead, may.commandCancel],
    close: closing,
    sweep: [...closing, may.machineRead, may.machineStart, may.muteRead, may.tagSearch, may.safeguardRead],
    archive: [...may.streamRead, may.auditRead, may.workRead, may.archivePut, may.switchStop, may.publicKey, may.page],
    checkpoint: [may.checkpointPut, may.checkpointSign],
    tell: [
      may.auditStreamRead,
      may.auditRead,
      may.workWrite,
      may.dispatchesRead,
      may.publicKey,
      may.botToken,
      may.alarmRead,
      may.commandRead,
    ],
  };
}
