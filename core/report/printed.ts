/** What hosts printed, as it is shown to people. */
import type { Excerptible } from '../shown.ts';

/** What a host printed. */
export interface HostOutput extends Excerptible {
  /** The instance's id or name. */
  readonly host: string;
  /** A part of it is missing, as its text says. */
  readonly isPart?: true;
}

/** What one command printed, under a heading. */
export interface PrintedOutput {
  /** Such as `Step 3 (Largest directories) ran`. */
  readonly title: string;
  readonly outputs: readonly HostOutput[];
}
