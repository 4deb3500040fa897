/** The SSM document that runs an approved script on a host, and refuses everything but exactly that script, once, in time. */
import { canonicalJson, sha256 } from '../digest.ts';
import { maximumAttempts } from '../dispatch.ts';
import { Part } from '../words.ts';

/** On tmpfs: a full disk must not stop the disk-full fix. One folder per dispatch; a reboot clears it. */
export const runFolder = '/run/countersign';

/** Base64 makes 32,768 characters of it, half of what one Run Command document and its parameters may have together. */
export const maximumScriptBytes = 24_576;

/** Seconds: the longest a script may run, as the history budget assumes. */
export const maximumRunSeconds = 3600;

/** Seconds beyond delivery and execution time-outs after which a silent command counts as unknown. */
export const silenceSeconds = 120;

/** Exit codes with which the document refuses before anything of the script has run. */
export const refusalCodes = {
  wrong_hash: 91,
  too_late: 92,
  repeated: 93,
  unsupported_host: 94,
  no_folder: 95,
} as const;
export type RunRefusal = keyof typeof refusalCodes;

/** What `timeout` answers when the run's time was over: 124, and 137 when the script ignored the first signal. */
export const timeoutCodes: readonly number[] = [124, 137];

const refusalMark = 'countersign: refused: ';

export interface RunDocument {
  /** `countersign-run-` and the first 12 digits of the digest: a change of content is another document. */
  readonly name: string;
  /** SHA-256 of the content, 64 hexadecimal digits. */
  readonly digest: string;
  /** JSON text, schema version 2.2. */
  readonly content: string;
}

/** The parameters of one run, in the shape that SendCommand takes. */
export interface RunParameters extends Record<string, string[]> {
  Script: [string];
  ScriptHash: [string];
  DispatchKey: [string];
  NotAfter: [string];
  executionTimeout: [string];
}

export function runDocument(): RunDocument {
  const content = canonicalJson({
    schemaVersion: '2.2',
    description: 'Countersign: runs one approved script, once, if it is the approved one and its time is not over.',
    parameters,
    mainSteps: [
      {
        action: 'aws:runShellScript',
        name: 'run',
        inputs: { timeoutSeconds: '{{ executionTimeout }}', runCommand: runCommand() },
      },
    ],
  });
  const digest = sha256(content);
  return { name: `countersign-run-${digest.slice(0, 12)}`, digest, content };
}

/** Whether a document's name is of the form that some release of this product gives. */
export function isRunDocument(name: string): boolean {
  return /^countersign-run-[0-9a-f]{12}$/.test(name);
}

/**
 * The parameters for one script. `notAfter` in epoch seconds, `timeoutSeconds` 1…3600. Throws on a script that is
 * too long or a time-out out of range; the document's own patterns check the rest again.
 */
export function runParameters(run: {
  readonly script: string;
  readonly dispatchKey: string;
  readonly notAfter: number;
  readonly timeoutSeconds: number;
}): RunParameters {
  const bytes = Buffer.from(run.script, 'utf8');
  if (bytes.length === 0 || bytes.length > maximumScriptBytes) {
    throw new RangeError(
      `the script has ${bytes.length} bytes; 1 to ${maximumScriptBytes} can be sent: shorten the step`,
    );
  }
  if (!Number.isInteger(run.timeoutSeconds) || run.timeoutSeconds < 1 || run.timeoutSeconds > maximumRunSeconds) {
    throw new RangeError(`timeout ${run.timeoutSeconds}: a whole number of seconds from 1 to ${maximumRunSeconds}`);
  }
  return {
    Script: [bytes.toString('base64')],
    ScriptHash: [sha256(bytes)],
    DispatchKey: [run.dispatchKey],
    NotAfter: [String(run.notAfter)],
    executionTimeout: [String(run.timeoutSeconds)],
  };
}

/**
 * Why the document refused, or null when the script itself ran. Code and message must agree, so that a script that
 * happens to exit with 91 is a failure and not "nothing was run".
 */
export function runRefusal(exitCode: number, stderr: string): RunRefusal | null {
  if (!stderr.startsWith(refusalMark)) return null;
  const found = Object.entries(refusalCodes).find(([, code]) => code === exitCode);
  return found ? (found[0] as RunRefusal) : null;
}

/** Nothing that these patterns let through can end a single-quoted word. */
const parameters = {
  Script: {
    type: 'String',
    description: 'The script, base64.',
    allowedPattern: '^[A-Za-z0-9+/]+={0,2}$',
    maxChars: Math.ceil(maximumScriptBytes / 3) * 4,
  },
  ScriptHash: {
    type: 'String',
    description: 'SHA-256 of the script, hexadecimal.',
    allowedPattern: '^[0-9a-f]{64}$',
  },
  DispatchKey: {
    type: 'String',
    description: 'The dispatch: incident, step, part, attempt, wave. Runs once on a host.',
    allowedPattern: `^inc-[0-9a-f]{20}\\.[1-9][0-9]?\\.(${Part.options.join('|')})\\.[1-${maximumAttempts}]\\.([1-9]|1[0-9]|20)$`,
  },
  NotAfter: {
    type: 'String',
    description: 'The last moment at which the script may begin, seconds since 1970.',
    allowedPattern: '^[1-9][0-9]{9}$',
  },
  executionTimeout: {
    type: 'String',
    description: 'How long the script may run, seconds, at most 3600.',
    default: '60',
    allowedPattern: '^([1-9][0-9]{0,2}|[12][0-9]{3}|3[0-5][0-9]{2}|3600)$',
  },
} as const;

/**
 * POSIX shell, because the agent runs it with `sh`. The folder is made last of the conditions that a second delivery
 * could meet, and the file that is checked is the file that runs. Nothing follows the run: its exit code is ours.
 */
function runCommand(): string[] {
  const { wrong_hash, too_late, repeated, unsupported_host, no_folder } = refusalCodes;
  return [
    `refuse() { printf '${refusalMark}%s; nothing was run\\n' "$2" >&2; exit "$1"; }`,
    'for tool in mkdir chmod base64 sha256sum date timeout bash; do',
    `  command -v "$tool" >/dev/null 2>&1 || refuse ${unsupported_host} "this host has no $tool"`,
    'done',
    `home=${runFolder}`,
    `run="$home/"'{{ DispatchKey }}'`,
    `mkdir -p "$home" 2>/dev/null && chmod 700 "$home" || refuse ${no_folder} "$home cannot be made"`,
    `mkdir "$run" 2>/dev/null || {`,
    `  [ -d "$run" ] && refuse ${repeated} 'this dispatch has been here before'`,
    `  refuse ${no_folder} "$run cannot be made"`,
    '}',
    `printf %s '{{ Script }}' | base64 -d >"$run/script" 2>/dev/null`,
    `[ "$(sha256sum <"$run/script")" = '{{ ScriptHash }}  -' ] || refuse ${wrong_hash} 'what arrived is not the script that was approved'`,
    `now=$(date +%s 2>/dev/null) && [ "$now" -le '{{ NotAfter }}' ] || refuse ${too_late} 'the time to begin is over'`,
    'unset BASH_ENV ENV',
    'cd /',
    `timeout -k 5 '{{ executionTimeout }}' bash "$run/script" </dev/null`,
  ];
}
