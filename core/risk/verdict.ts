/** The shape of a risk verdict: a level, flags, and the reasons a person can read on an approval card. */
import type { RiskFlag, RiskLevel } from '../words.ts';

/** One rule's finding. `start` and `end` are UTF-16 offsets into the classified script. */
export interface RiskReason {
  /** Stable name of the rule, such as `find.delete` or `redirect.overwrite`. */
  readonly rule: string;
  /** For a card: what the text does, e.g. "deletes files". */
  readonly text: string;
  readonly level: RiskLevel;
  readonly flag?: RiskFlag;
  readonly start: number;
  readonly end: number;
}

export interface RiskVerdict {
  readonly level: RiskLevel;
  readonly flags: readonly RiskFlag[];
  readonly reasons: readonly RiskReason[];
  /** False when a command without a built-in entry took part. */
  readonly known: boolean;
}
