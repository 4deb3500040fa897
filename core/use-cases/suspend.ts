/** Suspending a person, which everybody whom the policy names may, and reinstating, which only named people sign. */
import { type Envelope, payloadTypes, seal } from '../dsse.ts';
import {
  type Reinstate,
  readSuspension,
  type Suspend,
  type Suspension,
  type SuspensionReading,
} from '../incident/suspension.ts';
import { allowedTo } from '../policy/kill-switch-rule.ts';
import { redact } from '../redact.ts';
import type { NotAllowed, Suspended } from '../report/switch.ts';
import { isoOf } from '../time.ts';
import { mayRefusal, type SwitchPolicy } from './may-switch.ts';
import { cameSince, mostTries, record, type SwitchPorts, type SwitchWord } from './switch-ports.ts';
import { suspendedPerson } from './switch-status.ts';

/**
 * Suspends `name`, of the policy, at once and before anybody else is asked. A word of those who may reinstate is then signed,
 * which bars them from that too: it is put over an unsigned row, so that no row of a stranger is in its way. Of everybody
 * else it is not, or one person could shut out all others.
 */
export async function suspend(
  ports: SwitchPorts,
  policy: SwitchPolicy,
  said: SwitchWord,
  name: string,
): Promise<Suspended> {
  const { by, reason } = said;
  const put = await putting(ports, said, name, false);
  const signing = await signed(ports, policy, said, name);
  const { already, reading, envelope } = signing.kind === 'signed' ? signing.put : { ...put, envelope: null };
  const isNew = !put.already || (signing.kind === 'signed' && !already);
  if (isNew)
    await record(ports.writer, said, { word: 'suspend', about: name, by, reason, ...(envelope ? { envelope } : {}) });
  const unsigned = signing.kind === 'unsigned' ? { notSigned: signing.why } : {};
  return { kind: 'suspended', person: suspendedPerson(reading), name, already: !isNew, ...unsigned };
}

type Signing =
  | { readonly kind: 'signed'; readonly put: Put }
  /** `why` where whoever said it is named for it, and cannot sign now. */
  | { readonly kind: 'unsigned'; readonly why: string }
  | { readonly kind: 'none' };

/** What fails here must not hide that they are suspended already. */
async function signed(ports: SwitchPorts, policy: SwitchPolicy, said: SwitchWord, name: string): Promise<Signing> {
  try {
    const refusal = await mayRefusal(ports, policy, said.by, 'resume');
    if (refusal === null) return { kind: 'signed', put: await putting(ports, said, name, true) };
    return refusal.why === undefined ? { kind: 'none' } : { kind: 'unsigned', why: refusal.why };
  } catch (error) {
    return { kind: 'unsigned', why: redact(error instanceof Error ? error.message : String(error)).slice(0, 200) };
  }
}

interface Put {
  readonly reading: SuspensionReading;
  /** It was so before, and as strongly. */
  readonly already: boolean;
  readonly envelope: Envelope | null;
}

/**
 * Puts a row. Over one that says the same it is put anew, with the time of this word: a reinstatement that was said before
 * lifts it no more.
 */
async function putting(ports: SwitchPorts, { by, reason }: SwitchWord, name: string, signs: boolean): Promise<Put> {
  const { control, publicKey, sign } = ports;
  for (let tries = 1; tries <= mostTries; tries += 1) {
    const before = await readSuspension(control, publicKey, name);
    const already = before.suspended && (before.signed || !signs);
    if (already && before.signed && !signs) return { reading: before, already, envelope: null };
    const at = isoOf(ports.now());
    const word: Suspend = { format: 1, name, number: before.number, by, at, reason };
    const envelope = signs ? await seal(payloadTypes.suspend, word, sign) : null;
    const row: Suspension = { by: by.name, why: reason, at, envelope };
    if (!(await control.putSuspension(name, before.number, row, before.suspension))) continue;
    const reading = await readSuspension(control, publicKey, name);
    if (reading.suspended) return { reading, already, envelope };
  }
  throw new Error(
    `suspension of ${name}: others wrote at the same moment, ${mostTries} times; ${signs ? 'nothing was signed' : 'it is not known to count'}.`,
  );
}

/** Lifts all suspensions of `name` that are there. Nobody reinstates themselves, but who is the only one who may. */
export async function reinstate(
  ports: SwitchPorts,
  policy: SwitchPolicy,
  said: SwitchWord,
  name: string,
): Promise<Suspended | NotAllowed> {
  const { control, publicKey, sign } = ports;
  const { by, reason } = said;
  const { names: who } = allowedTo(policy, 'resume');
  if (by.name === name && who.includes(name) && who.length > 1)
    return {
      kind: 'not_allowed',
      who,
      why: `Nobody reinstates themselves: ask ${who.filter((one) => one !== name).join(' or ')}.`,
    };
  const refusal = await mayRefusal(ports, policy, by, 'resume');
  if (refusal) return refusal;
  const before = await readSuspension(control, publicKey, name);
  const { number, suspension } = before;
  if (suspension === null) return { kind: 'not_suspended', person: null, name, already: true };
  // Whoever is suspended since, also by what came before this word was delivered once more, stays so.
  if (cameSince(suspension, said, ports.now()))
    return { kind: 'changed_meanwhile', person: suspendedPerson(before), name, already: false };
  const [reinstatement, to] = await Promise.all([
    control.reinstatement(name, number),
    control.lastSuspension(name, number),
  ]);
  const word: Reinstate = { format: 1, name, from: number, to, by, at: isoOf(ports.now()), reason };
  const envelope = await seal(payloadTypes.reinstate, word, sign);
  const isPut = await control.putReinstatement(name, number, envelope, { reinstatement, suspension });
  if (isPut) await record(ports.writer, said, { word: 'reinstate', about: name, by, reason, envelope });
  const after = await readSuspension(control, publicKey, name);
  if (!isPut || after.suspended)
    return { kind: 'changed_meanwhile', person: suspendedPerson(after), name, already: false };
  return { kind: 'reinstated', person: null, name, already: false };
}
