/** Signed words in Control: one item each, with the envelope beside its key; put where what lies there is still as it was read. */
import { canonicalJson } from '../../core/digest.ts';

/** What of an item counts as its envelope; null for none, and for what somebody else put there that cannot be compared again. */
export function envelopeOf(item: Record<string, unknown> | null | undefined): unknown {
  const envelope = item?.envelope;
  return isMap(envelope) ? envelope : null;
}

/** The condition under which an item still has the envelope that was read; null = it had none. */
export function asRead(envelope: unknown): {
  ConditionExpression: string;
  ExpressionAttributeValues: Record<string, unknown>;
} {
  return envelope === null
    ? { ConditionExpression: 'NOT attribute_type(envelope, :map)', ExpressionAttributeValues: { ':map': 'M' } }
    : { ConditionExpression: 'envelope = :read', ExpressionAttributeValues: { ':read': envelope } };
}

/** Whether what lies there is this very word: then an answer that was lost is found again. */
export function isSame(there: unknown, envelope: unknown): boolean {
  return there !== null && canonicalJson(there) === canonicalJson(envelope);
}

/** Every envelope is one. */
function isMap(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
