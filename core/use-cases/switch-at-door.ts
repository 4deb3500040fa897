/** Words about the kill switch as they are said at the IAM door: their fields, and what of them the use case reads. */
import type { DoorWord } from '../door/spoken.ts';
import type { Said } from './said.ts';

/** By word. `abort`: true. `to`: the last number that the person saw. `name`: of a person in the policy. */
export const switchFields = {
  stop: ['abort', 'reason'],
  resume: ['to', 'reason'],
  status: [],
  suspend: ['name', 'reason'],
  reinstate: ['name', 'reason'],
} as const;

type Word = keyof typeof switchFields;

/** What `switching` reads of it, or why it is none of ours. Unknown fields were refused before. */
export function aboutSwitch(
  { word, question, fields = {} }: DoorWord,
  reason: string | null,
): Pick<Said, 'reference' | 'reason'> | { readonly why: string } {
  if (question !== undefined) return { why: `"${word}" is about no question` };
  const { abort = false, to = null, name = null } = fields;
  switch (word as Word) {
    case 'stop':
      return typeof abort === 'boolean'
        ? { reference: abort ? 'abort' : '', reason }
        : { why: 'the field abort must be true or false' };
    case 'resume':
      return to === null || (Number.isInteger(to) && Number(to) >= 1 && Number(to) <= 999_999_999)
        ? { reference: to === null ? '' : String(to), reason }
        : { why: 'the field to must be the number of a stop, from 1 to 999999999' };
    case 'status':
      return { reference: '', reason };
    case 'suspend':
    case 'reinstate':
      return typeof name === 'string' && name !== ''
        ? { reference: name, reason }
        : { why: `"${word}" needs the field name: of a person in the policy` };
  }
}
