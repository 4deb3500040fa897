/** One operation of `aws` on the virtual host. */
import type { JSONValue } from '@jmespath-community/jmespath';

/** Values by the option's name without dashes. */
export type Parameters = Readonly<Record<string, readonly string[]>>;

export interface Operation {
  readonly needs: readonly string[];
  readonly takes?: readonly string[];
  /** The service's answer; null = it says nothing. */
  perform(parameters: Parameters): JSONValue | Promise<JSONValue> | null;
}

/** The service's own error, with the code by which AWS names it. */
export class AwsError extends Error {
  override readonly name = 'AwsError';
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

export function one(parameters: Parameters, name: string): string {
  return parameters[name]?.[0] ?? '';
}

/** `2026-11-28T03:05:02.123000+00:00`, as version 2 prints times. */
export function awsTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(/(\.\d{3})Z$/, '$1000+00:00');
}
