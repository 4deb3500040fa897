/** What the verifier finds: a problem at a place, or something that it cannot tell. */

export type Finding =
  | { readonly kind: 'problem'; readonly place: number; readonly text: string }
  | { readonly kind: 'unsure'; readonly place: number | null; readonly text: string };

export function problem(place: number, text: string): Finding {
  return { kind: 'problem', place, text };
}

export function unsure(place: number | null, text: string): Finding {
  return { kind: 'unsure', place, text };
}
