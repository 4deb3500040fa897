/** The IAM door: a request is checked as far as it can be alone, then STS is asked who signed it, and only that is believed. */
import * as z from 'zod';
import type { Compiled } from '../compiled.ts';
import { digest } from '../digest.ts';
import { IncidentId } from '../dispatch.ts';
import { callerArn } from '../door/caller.ts';
import { proofRefusal, signedAt } from '../door/proof.ts';
import { type Door, DoorRequest, type DoorWord, maximumDoorBytes, referenceOf } from '../door/spoken.ts';
import { type HearPorts, hear } from './decide.ts';
import type { Heard, Said } from './said.ts';
import { aboutSwitch, switchFields } from './switch-at-door.ts';
import { isSwitchWord } from './switching.ts';

export interface DoorPorts extends Omit<HearPorts, 'tellBack'> {
  /**
   * What STS answers to the one request with exactly these headers; null = it says no to them. Throws when it gave no
   * answer.
   */
  identity(headers: Readonly<Record<string, string>>): Promise<unknown>;
}

/** `malformed`: nobody was asked. `unproven`: it is not known who speaks; nothing was read or written. */
export type DoorAnswer =
  | (Heard & {
      readonly kind: 'heard';
      /** By whom, as STS says. */
      readonly by: string;
      /** What the person is told. */
      readonly texts: readonly string[];
    })
  | { readonly kind: 'malformed' | 'unproven'; readonly why: string };

/** The longest reason, as in Slack's modal. */
const longestReason = 3000;

/** As front matter takes one. */
const runbookId = /^[a-z0-9][a-z0-9-]{0,63}$/;

/** What is said beside an answer that wants more than a word. */
const ownFields: Readonly<Record<string, readonly string[]>> = { choose: ['choice'], input: ['parameters'] };

const Values = z.record(z.string().max(100), z.string().max(longestReason));
const Place = z.int().min(1).max(99);

/** What else belongs to a word, by name. What nothing reads is refused: it would be signed and mean nothing. */
function fieldsOf(spoken: DoorWord): readonly string[] {
  if (isAboutIncident(spoken)) return ['incidentId', 'runbook'];
  if (isSwitchWord(spoken.word)) return switchFields[spoken.word];
  return ['reason', ...(ownFields[spoken.word] ?? [])];
}

/** To try a closed incident again, and not a step that failed, which is the answer to a question. */
function isAboutIncident({ word, question }: DoorWord): boolean {
  return word === 'retry' && question === undefined;
}

/** Hears what somebody says with a proof of who they are; whatever the caller's network or platform says of them plays no part. */
export async function hearAtDoor(ports: DoorPorts, compiled: Compiled, door: Door, body: string): Promise<DoorAnswer> {
  const request = parsed(body);
  if (typeof request === 'string') return { kind: 'malformed', why: request };
  const { proof, ...spoken } = request;
  const what = aboutWhat(spoken);
  if ('why' in what) return { kind: 'malformed', why: what.why };
  const refusal = proofRefusal(proof.headers, spoken, door, ports.now());
  if (refusal !== null) return { kind: 'unproven', why: refusal };
  const id = callerArn(await ports.identity(proof.headers));
  if (id === null) return { kind: 'unproven', why: 'STS does not say that a user or a role session signed this proof' };
  const by = { via: 'iam' as const, id };
  const saidAt = signedAt(proof.headers, ports.now());
  const said: Said = { by, word: spoken.word, saidAt, ...what, channel: null, id: idOf(proof) };
  const texts: string[] = [];
  const tellBack = async (_: Said, text: string) => void texts.push(text);
  return { kind: 'heard', by: id, ...(await hear({ ...ports, tellBack }, compiled, said)), texts };
}

/** A proof is one word, however often it arrives. */
function idOf({ headers }: DoorRequest['proof']): string {
  return digest('door-word/v1', headers.authorization ?? '').slice(0, 32);
}

function parsed(body: string): DoorRequest | string {
  if (Buffer.byteLength(body) > maximumDoorBytes) return `the body has more than ${maximumDoorBytes} bytes`;
  try {
    return (
      DoorRequest.safeParse(JSON.parse(body)).data ??
      'the body is not what countersign sends: use its own command, of the deployed release'
    );
  } catch {
    return 'the body is not JSON';
  }
}

function aboutWhat(
  spoken: DoorWord,
): Pick<Said, 'reference' | 'reason' | 'runbook' | 'choice' | 'parameters'> | { readonly why: string } {
  const { word, fields = {} } = spoken;
  const unknown = Object.keys(fields).find((name) => !fieldsOf(spoken).includes(name));
  if (unknown !== undefined) return { why: `${word} has no field ${unknown}` };
  const { reason = null, incidentId, runbook = null } = fields;
  if (reason !== null && (typeof reason !== 'string' || reason.length > longestReason))
    return { why: `the field reason must be a text of at most ${longestReason} characters` };
  if (word === 'reject' && (reason ?? '').trim() === '') return { why: 'a rejection says why: the next one reads it' };
  if (isSwitchWord(word)) return aboutSwitch(spoken, reason);
  const asked = referenceOf(spoken);
  if (asked !== null && word === 'choose') {
    const { data: choice } = Place.safeParse(fields.choice);
    return choice === undefined
      ? { why: 'the field choice must be the number of an alternative, from 1' }
      : { reference: asked, reason, choice };
  }
  if (asked !== null && word === 'input') {
    const { data: parameters } = Values.safeParse(fields.parameters);
    return parameters === undefined
      ? { why: 'the field parameters must be a map from names to texts' }
      : { reference: asked, reason, parameters };
  }
  if (asked !== null) return { reference: asked, reason };
  if (runbook !== null && (typeof runbook !== 'string' || !runbookId.test(runbook)))
    return { why: 'the field runbook must be the id of a runbook' };
  const named = IncidentId.safeParse(incidentId).data;
  return isAboutIncident(spoken) && named !== undefined
    ? { reference: named, reason, runbook }
    : { why: `"${word}" needs ${word === 'retry' ? 'a question, or the field incidentId' : 'a question'}` };
}
