/** A fence's info string: ```` ```bash risk=destructive timeout=60s ````, or ```` ```bash dry-run ````. */
import { RiskLevel } from '../words.ts';
import { defaultTimeoutSeconds, maximumTimeoutSeconds, minimumTimeoutSeconds } from './limits.ts';
import { shown } from './problem.ts';

/** The companion words and the field of a step that each fills. */
export const companions = {
  'dry-run': 'dryRun',
  observe: 'observe',
  rollback: 'rollback',
  verify: 'verify',
} as const;

export type ScriptKind = 'command' | (typeof companions)[keyof typeof companions];

export interface Fence {
  readonly kind: ScriptKind;
  readonly declaredRisk: RiskLevel | null;
  readonly timeoutSeconds: number;
  readonly when: 'alarm' | 'always';
  readonly problems: readonly string[];
}

/** Fences in these languages are scripts; `text` is for people and never runs. */
export const shellLanguages = ['bash', 'sh'];
export const illustrationLanguage = 'text';

const allowedWords =
  'risk=read_only|modifying|destructive, timeout=60s (5s to 1h), when=always, or one of dry-run, observe, rollback, verify';

/** Reads the words after the language. Unknown, repeated and contradicting words are problems. */
export function readFence(settings: string): Fence {
  const fence = {
    kind: 'command' as ScriptKind,
    declaredRisk: null as RiskLevel | null,
    timeoutSeconds: defaultTimeoutSeconds,
    when: 'alarm' as Fence['when'],
  };
  const problems: string[] = [];
  const seen = new Set<string>();
  for (const word of settings.split(/\s+/).filter((part) => part !== '')) {
    const [key = '', value] = splitOnce(word);
    if (seen.has(key)) problems.push(`${shown(word)} repeats ${key}; keep one`);
    seen.add(key);
    const problem = apply(fence, key, value);
    if (problem !== null) problems.push(problem);
  }
  if (fence.kind !== 'command' && seen.size > 1)
    problems.push(
      `a companion fence takes no settings (${shown(settings)}); write risk, timeout and when on the step's command fence`,
    );
  return { ...fence, problems };
}

function splitOnce(word: string): [string, string | undefined] {
  const at = word.indexOf('=');
  return at < 0 ? [word, undefined] : [word.slice(0, at), word.slice(at + 1)];
}

function apply(
  fence: { kind: ScriptKind; declaredRisk: RiskLevel | null; timeoutSeconds: number; when: Fence['when'] },
  key: string,
  value: string | undefined,
): string | null {
  if (value === undefined && Object.hasOwn(companions, key)) {
    if (fence.kind !== 'command')
      return `${shown(key)} is a second companion word on one fence; give each its own fence`;
    fence.kind = companions[key as keyof typeof companions];
    return null;
  }
  if (key === 'risk') return setRisk(fence, value);
  if (key === 'timeout') return setTimeoutSeconds(fence, value);
  if (key === 'when' && value === 'always') {
    fence.when = 'always';
    return null;
  }
  if (key === 'when')
    return `when=${value ?? ''}: must be when=always, or absent (runs only while the alarm is raised)`;
  return `unknown word ${shown(value === undefined ? key : `${key}=${value}`)} after the language; allowed: ${allowedWords}`;
}

function setRisk(fence: { declaredRisk: RiskLevel | null }, value: string | undefined): string | null {
  const risk = RiskLevel.exclude(['forbidden']).safeParse(value);
  if (!risk.success) return `risk=${value ?? ''}: must be read_only, modifying or destructive`;
  fence.declaredRisk = risk.data;
  return null;
}

const unitSeconds: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600 };

function setTimeoutSeconds(fence: { timeoutSeconds: number }, value: string | undefined): string | null {
  const [, digits = '', unit = ''] = /^([1-9][0-9]{0,4})([smh])$/.exec(value ?? '') ?? [];
  const seconds = Number(digits) * (unitSeconds[unit] ?? 0);
  const range = 'must be a duration from 5s to 1h, such as 60s or 5m';
  if (!(seconds >= 1 && seconds <= maximumTimeoutSeconds)) return `timeout=${value ?? ''}: ${range}`;
  if (seconds < minimumTimeoutSeconds)
    return `timeout=${value}: ${range}; below 5s the agent of Systems Manager takes an hour instead`;
  fence.timeoutSeconds = seconds;
  return null;
}
