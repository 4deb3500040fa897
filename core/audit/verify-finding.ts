/** What the verifier is given besides a chain, and what it finds: a problem at a place, or something that it cannot tell. */
import type { Burn } from '../burn.ts';
import type { Dispatch } from '../dispatch.ts';
import type { StoredItem } from './chain.ts';

/** What the verifier is given besides the chain. Null: not given, so that what needs it cannot be told. */
export interface ChainFacts {
  /** All burns of the incident. */
  readonly burns: readonly Burn[] | null;
  /** Which dispatches the first release burnt. */
  readonly byFirstRelease: readonly Dispatch[];
  /** PEM (SubjectPublicKeyInfo) of the approval key. */
  readonly publicKey: string | null;
  /** Whether the incident is open, as Work says. */
  readonly isOpen: boolean | null;
  /** The items of the incident's recovery chain. */
  readonly recovery: readonly StoredItem[] | null;
  /** What was kept of the chain where nobody changes it. */
  readonly anchors?: Anchors | null;
}

/** A head as a checkpoint signed it. */
export interface SignedHead {
  readonly length: number;
  readonly hash: string;
  /** The checkpoint's number, and its time (ISO 8601). */
  readonly number: number;
  readonly at: string;
}

export interface Anchors {
  /** Null: what checkpoints say of the chain is not known, which `strange` says. */
  readonly heads: readonly SignedHead[] | null;
  /** Whether the checkpoints reach so far that whatever was written in the time that is asked for is in one. */
  readonly isThrough: boolean;
  /** What the archive holds of the chain and the table does not, or not as it is. */
  readonly archived: readonly StoredItem[];
  /** What is wrong with the checkpoints themselves, at place 0; and what could not be told of them. */
  readonly strange?: readonly Finding[];
}

/** Whether what is here is as it was written, or whether all that was written is here. */
export type About = 'integrity' | 'completeness';

export type Finding =
  | { readonly kind: 'problem'; readonly about: About; readonly place: number; readonly text: string }
  | { readonly kind: 'unsure'; readonly about: About; readonly place: number | null; readonly text: string };

export function problem(place: number, text: string): Finding {
  return { kind: 'problem', about: 'integrity', place, text };
}

export function unsure(place: number | null, text: string): Finding {
  return { kind: 'unsure', about: 'integrity', place, text };
}

/** A problem: something that was written is not here. */
export function missing(place: number, text: string): Finding {
  return { kind: 'problem', about: 'completeness', place, text };
}

/** Whether something that was written is not here cannot be told. */
export function unsureWhether(text: string): Finding {
  return { kind: 'unsure', about: 'completeness', place: null, text };
}
