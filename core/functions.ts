/** The deployed functions by name: each is `functions/<name>.ts`, with a role, a bundle and a log group of its own. */
export const functionNames = [
  'triage',
  'plan',
  'gate',
  'request-approval',
  'slack',
  'decide',
  'settle',
  'execute',
  'poll',
  'close',
  'sweep',
  'archive',
  'checkpoint',
  'tell',
] as const;
export type FunctionName = (typeof functionNames)[number];
