/** A fence's info string: ```` ```bash risk=destructive timeout=60s ````, or ```` ```bash dry-run ````. */
import { RiskLevel } from '../words.ts';
import { defaultTimeoutSeconds, maximumTimeoutSeconds, minimumTimeoutSeconds } from './limits.ts';
import { shown } from './problem.ts';
import { didYouMean } from './spelling.ts';

/** The companion words and the field of a step that each fills. */
export const companions = {
  'dry-run': 'dryRun',
  observe: 'observe',
  rollback: 'rollback',
  verify: 'verify',
} as const;

export type ScriptKind = 'command' | (typeof companions)[keyof typeof companions];

/** One wrong word of an info string. */
export interface WordProblem {
  readonly word: string;
  readonly message: string;
  readonly fix: string;
}

export interface Fence {
  readonly kind: ScriptKind;
  readonly declaredRisk: RiskLevel | null;
  readonly timeoutSeconds: number;
  readonly when: 'alarm' | 'always';
  /** For how long what only looks is repeated until it succeeds; 0 = it runs once. */
  readonly waitSeconds: number;
  /** The name of the targets on which the step runs; null = none is named. */
  readonly on: string | null;
  readonly problems: readonly WordProblem[];
}

/** Fences in these languages are scripts; `text` is for people and never runs. */
export const shellLanguages = ['bash', 'sh'];
export const illustrationLanguage = 'text';

const allowedWords =
  'risk=read_only|modifying|destructive, timeout=60s (5s to 1h), wait=5m, when=always, on=NAME, or one of dry-run, observe, rollback, verify';

const knownKeys = ['risk', 'timeout', 'wait', 'when', 'on', ...Object.keys(companions)];

/** Reads the words after the language. Unknown, repeated and contradicting words are problems. */
export function readFence(settings: string): Fence {
  const fence = {
    kind: 'command' as ScriptKind,
    declaredRisk: null as RiskLevel | null,
    timeoutSeconds: defaultTimeoutSeconds,
    when: 'alarm' as Fence['when'],
    waitSeconds: 0,
    on: null as string | null,
  };
  const problems: WordProblem[] = [];
  const seen = new Set<string>();
  for (const word of settings.split(/\s+/).filter((part) => part !== '')) {
    const [key = '', value] = splitOnce(word);
    const found = seen.has(key)
      ? { message: `${shown(word)} repeats ${key}`, fix: 'keep one' }
      : apply(fence, key, value);
    seen.add(key);
    if (found !== null) problems.push({ word, ...found });
  }
  const own = fence.kind === 'verify' && seen.has('wait') ? 2 : 1;
  if (fence.kind !== 'command' && seen.size > own && problems.length === 0)
    problems.push({
      word: settings,
      message: `a companion fence takes no settings (${shown(settings)}); only verify takes wait=`,
      fix: "write risk, timeout and when on the step's command fence",
    });
  if (problems.length === 0) problems.push(...waitProblems(fence));
  return { ...fence, problems };
}

function waitProblems({ kind, declaredRisk, timeoutSeconds, waitSeconds }: Settings): WordProblem[] {
  if (waitSeconds === 0) return [];
  if (declaredRisk !== null && declaredRisk !== 'read_only')
    return [
      {
        word: 'wait=',
        message: `wait= repeats what only looks, and the fence says risk=${declaredRisk}`,
        fix: 'make the change a step of its own, and wait in the next one, or in its verify fence',
      },
    ];
  if (kind !== 'command' || waitSeconds + timeoutSeconds <= maximumTimeoutSeconds) return [];
  const message = `wait and timeout are ${waitSeconds + timeoutSeconds} s together; at most ${maximumTimeoutSeconds} fit one run`;
  return [{ word: 'wait=', message, fix: 'lower one of them' }];
}

function splitOnce(word: string): [string, string | undefined] {
  const at = word.indexOf('=');
  return at < 0 ? [word, undefined] : [word.slice(0, at), word.slice(at + 1)];
}

type Wrong = Omit<WordProblem, 'word'> | null;

interface Settings {
  kind: ScriptKind;
  declaredRisk: RiskLevel | null;
  timeoutSeconds: number;
  when: Fence['when'];
  waitSeconds: number;
  on: string | null;
}

function apply(fence: Settings, key: string, value: string | undefined): Wrong {
  if (value === undefined && Object.hasOwn(companions, key)) {
    if (fence.kind !== 'command')
      return { message: `${shown(key)} is a second companion word on one fence`, fix: 'give each its own fence' };
    fence.kind = companions[key as keyof typeof companions];
    return null;
  }
  if (key === 'risk') return setRisk(fence, value);
  if (key === 'timeout') return setTimeoutSeconds(fence, value);
  if (key === 'on' && value !== undefined && value !== '') {
    fence.on = value;
    return null;
  }
  if (key === 'wait') return setWaitSeconds(fence, value);
  if (key === 'when' && value === 'always') {
    fence.when = 'always';
    return null;
  }
  if (key === 'when')
    return {
      message: `when=${value ?? ''}: must be when=always, or absent (runs only while the alarm is raised)`,
      fix: 'write when=always, or remove it',
    };
  return {
    message: `unknown word ${shown(value === undefined ? key : `${key}=${value}`)} after the language; allowed: ${allowedWords}`,
    fix: `${didYouMean(key, knownKeys)}correct it or remove it`,
  };
}

function setRisk(fence: Settings, value: string | undefined): Wrong {
  const levels = RiskLevel.exclude(['forbidden']);
  const risk = levels.safeParse(value);
  if (!risk.success)
    return {
      message: `risk=${value ?? ''}: must be read_only, modifying or destructive`,
      fix: `${didYouMean(value ?? '', levels.options)}correct it`,
    };
  fence.declaredRisk = risk.data;
  return null;
}

const unitSeconds: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600 };

/** 0 for what is no duration. */
function secondsIn(value: string | undefined): number {
  const [, digits = '', unit = ''] = /^([1-9][0-9]{0,4})([smh])$/.exec(value ?? '') ?? [];
  return Number(digits) * (unitSeconds[unit] ?? 0);
}

function setWaitSeconds(fence: Settings, value: string | undefined): Wrong {
  const seconds = secondsIn(value);
  if (!(seconds >= 10 && seconds < maximumTimeoutSeconds))
    return {
      message: `wait=${value ?? ''}: must be a duration from 10s to below 1h, such as 30s or 5m`,
      fix: 'write a number with s, m or h: for so long the host repeats the script until it exits with 0',
    };
  fence.waitSeconds = seconds;
  return null;
}

function setTimeoutSeconds(fence: Settings, value: string | undefined): Wrong {
  const seconds = secondsIn(value);
  const message = `timeout=${value ?? ''}: must be a duration from 5s to 1h, such as 60s or 5m`;
  if (!(seconds >= 1 && seconds <= maximumTimeoutSeconds)) return { message, fix: 'write a number with s, m or h' };
  if (seconds < minimumTimeoutSeconds)
    return { message, fix: 'write 5s or more; below 5s the agent of Systems Manager takes an hour instead' };
  fence.timeoutSeconds = seconds;
  return null;
}
