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
