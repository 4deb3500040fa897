/** The SSM document that runs an approved script on a host, and refuses everything but exactly that script, once, in time. */
import { canonicalJson, sha256 } from '../digest.ts';
import { maximumAttempts } from '../dispatch.ts';
import { Part } from '../words.ts';

/** On tmpfs: a full disk must not stop the disk-full fix. One folder per dispatch; a reboot clears it. */
export const runFolder = '/run/countersign';

/** Base64 makes 32,768 characters of it, half of what one Run Command document and its parameters may have together. */
export const maximumScriptBytes = 24_576;

/** Seconds: the least time-out. The agent takes 3600 for anything below 5 (`ValidateExecutionTimeout` in its source). */
export const minimumRunSeconds = 5;

/** Seconds: the longest a script may run, as the history budget assumes. */
export const maximumRunSeconds = 3600;

/** Seconds a command may wait to start on its host; SSM's least is 30. */
export const deliveryTimeoutSeconds = 30;
/** Seconds of grace on the host's clock beyond the delivery time-out. */
export const clockGraceSeconds = 30;

/** Bytes of each stream that a run keeps; the rest is dropped and counted. SSM shows 24,000 and 8,000 characters. */
export const keptBytes = 1_048_576;

/** Seconds of a time-out that the document keeps to end the script and to hand over what it printed. */
const endingSeconds = 2;

/** Seconds between two tries of a script that is repeated until it succeeds. */
export const waitIntervalSeconds = 5;

/** Seconds beyond delivery and execution time-outs after which a silent command counts as unknown. */
export const silenceSeconds = 120;

/**
 * Exit codes with which the document refuses before this delivery has run anything of the script. `repeated` and
 * `rebooted` say nothing of an earlier delivery, which may have run it.
 */
export const refusalCodes = {
  wrong_hash: 91,
  too_late: 92,
  repeated: 93,
  unsupported_host: 94,
  no_folder: 95,
  rebooted: 96,
} as const;
export type RunRefusal = keyof typeof refusalCodes;

/** What `timeout` answers when the run's time was over: 124, and 137 when the script ignored the first signal. */
const timeoutCodes: readonly number[] = [124, 137];

const mark = 'countersign: ';
const refusalMark = `${mark}refused: `;
const itselfMark = `${mark}the script itself exited with `;

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
  /** Only where it is repeated: an older document, which a question may still name, does not know it. */
  Wait?: [string];
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
        precondition: { StringEquals: ['platformType', 'Linux'] },
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
 * The parameters for one script. `notAfter` in epoch seconds, `timeoutSeconds` 5…3600. Throws on a script that is
 * too long or a time-out out of range; the document's own patterns check the rest again.
 */
export function runParameters(run: {
  readonly script: string;
  readonly dispatchKey: string;
  readonly notAfter: number;
  readonly timeoutSeconds: number;
  /** For how long it is begun again until it exits with 0, within the time-out; absent or 0 = it runs once. */
  readonly waitSeconds?: number;
}): RunParameters {
  const bytes = Buffer.from(run.script, 'utf8');
  if (bytes.length === 0 || bytes.length > maximumScriptBytes) {
    throw new RangeError(
      `the script has ${bytes.length} bytes; 1 to ${maximumScriptBytes} can be sent: shorten the step`,
    );
  }
  const { timeoutSeconds: seconds } = run;
  if (!Number.isInteger(seconds) || seconds < minimumRunSeconds || seconds > maximumRunSeconds) {
    throw new RangeError(
      `timeout ${seconds}: a whole number of seconds from ${minimumRunSeconds} to ${maximumRunSeconds}`,
    );
  }
  const { waitSeconds: wait = 0 } = run;
  if (!Number.isInteger(wait) || wait < 0 || (wait > 0 && wait > seconds - minimumRunSeconds))
    throw new RangeError(
      `wait ${wait}: a whole number of seconds, at least ${minimumRunSeconds} less than the time-out ${seconds}`,
    );
  return {
    Script: [bytes.toString('base64')],
    ScriptHash: [sha256(bytes)],
    DispatchKey: [run.dispatchKey],
    NotAfter: [String(run.notAfter)],
    executionTimeout: [String(seconds)],
    ...(wait > 0 ? { Wait: [String(wait)] } : {}),
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

/** Whether a run's time was over. The document says it where such a code is the script's own: of a time-out within, or of a kill. */
export function runTimedOut(exitCode: number, stderr: string): boolean {
  return timeoutCodes.includes(exitCode) && !stderr.startsWith(`${itselfMark}${exitCode}\n`);
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
    description: 'How long the run may take, its ending included, seconds, 5 to 3600.',
    default: '60',
    allowedPattern: '^([5-9]|[1-9][0-9]{1,2}|[12][0-9]{3}|3[0-5][0-9]{2}|3600)$',
  },
  Wait: {
    type: 'String',
    description: 'For how long the script is begun again until it exits with 0, seconds; 0 = it runs once.',
    default: '0',
    allowedPattern: '^(0|[1-9][0-9]{0,3})$',
  },
} as const;

/**
 * POSIX shell, because the agent runs it with `sh`, as leader of its own process group, which it ends with SIGKILL on a
 * cancel and on a time-out. So the script stays in that group (`--foreground`), and after its time-out the shell waits
 * for the agent's.
 */
function runCommand(): string[] {
  return [...helpers(), ...admission(), ...capture(), ...handingOver()];
}

function helpers(): string[] {
  return [
    `say() { printf '${mark}%s\\n' "$1" >&2; }`,
    `refuse() { say "refused: $2; \${3:-nothing was run}"; exit "$1"; }`,
    `itself() { printf '${itselfMark}%s\\n' "$code" >&2; }`,
    "earlier='this delivery ran nothing, an earlier one may have'",
  ];
}

/**
 * A second delivery finds the folder; one after a reboot, which clears it, finds a host that booted after the send. That
 * holds on clocks up to the grace behind: one that was further behind was refused the first time. The file that is
 * checked is the file that runs.
 */
function admission(): string[] {
  const { wrong_hash, too_late, repeated, unsupported_host, no_folder, rebooted } = refusalCodes;
  return [
    'unset BASH_ENV ENV',
    'for tool in mkdir chmod base64 sha256sum date timeout bash mkfifo tee wc head sleep; do',
    `  command -v "$tool" >/dev/null 2>&1 || refuse ${unsupported_host} "this host has no $tool"`,
    'done',
    `timeout --foreground 9 bash -c : || refuse ${unsupported_host} 'this host has no timeout --foreground'`,
    "last='{{ NotAfter }}'",
    `since=$((last - ${deliveryTimeoutSeconds + 2 * clockGraceSeconds}))`,
    `now=$(date +%s 2>/dev/null) || refuse ${too_late} 'the clock cannot be read'`,
    'up=',
    "IFS='. ' read -r up _ 2>/dev/null </proc/uptime",
    `[ "$up" -ge 0 ] 2>/dev/null || refuse ${unsupported_host} 'this host has no /proc/uptime'`,
    `[ "$now" -ge "$since" ] && [ "$((now - up))" -le "$since" ] ||`,
    `  refuse ${rebooted} 'this host booted after the send, or its clock is behind' "$earlier"`,
    `home=${runFolder}`,
    `run="$home/"'{{ DispatchKey }}'`,
    `mkdir -p "$home" 2>/dev/null && chmod 700 "$home" || refuse ${no_folder} "$home cannot be made"`,
    `mkdir "$run" 2>/dev/null || {`,
    `  [ -d "$run" ] && refuse ${repeated} 'this dispatch has been here before' "$earlier"`,
    `  refuse ${no_folder} "$run cannot be made"`,
    '}',
    `printf %s '{{ Script }}' | base64 -d >"$run/script" 2>/dev/null`,
    `[ "$(sha256sum <"$run/script")" = '{{ ScriptHash }}  -' ] || refuse ${wrong_hash} 'what arrived is not the script that was approved'`,
    `[ "$now" -le "$last" ] || refuse ${too_late} 'the time to begin is over'`,
    `mkfifo "$run/stdout.pipe" "$run/stderr.pipe" 2>/dev/null || refuse ${no_folder} "no pipe can be made in $run"`,
  ];
}

/**
 * The agent waits until everybody has closed its pipes, so the script gets pipes of its own, anew for each time it is run. Whoever still holds them
 * later is read on, without end: `tee` goes on when its file is full, by limit or by disk. 2048 blocks of 512 bytes.
 */
function capture(): string[] {
  return [
    'keep() {',
    `  { (ulimit -f ${keptBytes / 512}; trap '' XFSZ; tee "$run/$1") <"$run/$1.pipe" | wc -c >"$run/$1.bytes"; } >/dev/null 2>&1 &`,
    '}',
    'cd /',
    `seconds='{{ executionTimeout }}'`,
    `seconds=$((seconds - ${endingSeconds}))`,
    'left=$seconds',
    `wait='{{ Wait }}'`,
    'runs=0',
    'while :; do',
    '  (: >"$run/stdout.bytes" >"$run/stderr.bytes") 2>/dev/null',
    '  keep stdout',
    '  keep stderr',
    `  timeout --foreground -k 1 "$left" bash "$run/script" </dev/null >"$run/stdout.pipe" 2>"$run/stderr.pipe"`,
    '  code=$?',
    '  runs=$((runs + 1))',
    '  over=$(($(date +%s) - now >= seconds))',
    '  tries=$((over * 10))',
    '  until [ -s "$run/stdout.bytes" ] && [ -s "$run/stderr.bytes" ] || [ "$tries" -ge 20 ]; do',
    '    sleep 0.05',
    '    tries=$((tries + 1))',
    '  done',
    // Repeated only while it may still succeed, and has left nothing running.
    '  [ "$code" -ne 0 ] && [ "$over" -eq 0 ] && [ "$tries" -lt 20 ] || break',
    `  [ "$(($(date +%s) - now + ${waitIntervalSeconds}))" -lt "$wait" ] || break`,
    `  sleep ${waitIntervalSeconds}`,
    '  left=$((seconds - $(date +%s) + now))',
    'done',
  ];
}

/** What the document itself says comes first on stderr: SSM cuts the end, and no script can pose as a refusal. */
function handingOver(): string[] {
  const last = Math.max(...Object.values(refusalCodes)) % 10;
  return [
    'case $code in',
    "  194) say 'the script exited with 194, at which the agent reboots the host and runs it again: handed on as 1' ;;",
    `  9[1-${last}]) itself ;;`,
    '  124 | 137) [ "$over" -ne 0 ] || itself ;;',
    'esac',
    `[ "$wait" -eq 0 ] || say "runs until exit code 0: $runs in $(($(date +%s) - now)) s; this is what the last one printed"`,
    'for stream in stdout stderr; do',
    '  total=',
    '  read -r total <"$run/$stream.bytes"',
    `  kept=$(head -c ${keptBytes} <"$run/$stream" | wc -c)`,
    '  if [ -z "$total" ]; then say "$stream may go on: something left running holds it, or $home is full; the rest is dropped"',
    `  elif [ "$total" -gt "$kept" ]; then say "$((total - kept)) bytes of $stream were dropped: $((kept)) are kept"`,
    '  fi',
    'done',
    `head -c ${keptBytes} <"$run/stdout"`,
    `head -c ${keptBytes} <"$run/stderr" >&2`,
    // In a shell of its own: where a script removed the folder, `:` would end this one with a code of its own.
    '(: >"$run/stdout" >"$run/stderr") 2>/dev/null',
    'case $code in',
    '  124 | 137) [ "$over" -eq 0 ] || sleep 9 ;;',
    '  194) code=1 ;;',
    'esac',
    'exit "$code"',
  ];
}
