/** What was observed about the alarm, in words for people and for the model. */
import { digest } from '../digest.ts';

export interface Evidence {
  readonly label: string;
  readonly text: string;
}

/** By which the plan names it: of label and text, since a false label makes a true text lie. */
export function evidenceDigest({ label, text }: Evidence): string {
  return digest('evidence/v1', { label, text });
}
