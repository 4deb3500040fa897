/** What `countersign validate` is asked for, apart from what answers it: the command line reads this before anything else is loaded. */

export const formatNames = ['text', 'json', 'github', 'sarif'] as const;
export type Format = (typeof formatNames)[number];

export interface Options {
  /** A policy file that must be there; without one the usual one counts where it is. */
  readonly policy?: string;
  readonly format: Format;
  readonly strict?: true;
}

export const usualPolicy = 'countersign.yaml';
