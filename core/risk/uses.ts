/** What it means that a command uses a word as a path, a host or a file to write. */
import { type Argument, namesInheritedHost, withoutInheritedPort } from './arguments.ts';
import {
  hostOf,
  isActingDevice,
  isFreeSink,
  isLoopback,
  isMetadataHost,
  isRawDevice,
  isSecretPath,
  isSocketPath,
  isSystemPath,
  namesNoHost,
} from './paths.ts';
import { type Judges, judgeScriptWord, report, type Scope, type Span } from './scope.ts';
import type { Use } from './table.ts';

/** Applies a use of the table format to one word. */
export function applyUse(word: Argument, use: Use, scope: Scope, judges: Judges): void {
  switch (use) {
    case 'reads':
    case 'tree':
      readPath(word, scope, use === 'tree');
      return;
    case 'names':
    case 'text':
      return;
    case 'opens':
      actsWhenOpened(word, scope);
      return;
    case 'folder':
      for (const hint of word.values ?? word.hints)
        if (hint !== '*')
          for (const folder of placed(hint, scope))
            if (scope.folders.length < mostFolders && !scope.folders.includes(folder)) scope.folders.push(folder);
      return;
    case 'overwrites':
    case 'appends':
      writePath(word, use, scope, word);
      return;
    case 'host':
    case 'quiet_host':
    case 'url':
      reachHost(word, use, scope);
      return;
    case 'script':
      judgeScriptWord(word, scope, judges);
      return;
    case 'program':
      judges.words([word], { kind: 'nothing' }, scope, word);
      return;
  }
}

/** Folders of one script that are followed. */
const mostFolders = 16;

/** A relative name in each folder that it may stand in. */
function placed(text: string, scope: Scope): string[] {
  if (scope.folders.length === 0 || /^[/~]/.test(text)) return [text];
  return [text, ...scope.folders.map((folder) => `${folder}/${text}`)];
}

/** Flags secrets. `recursive`: what lies below is read too. */
export function readPath(word: Argument, scope: Scope, recursive = false): void {
  const texts = word.values ?? word.hints;
  const places = scope.folders.length === 0 ? texts : texts.flatMap((text) => placed(text, scope));
  const secret = places.find((text) => isSecretPath(text.startsWith('@') ? text.slice(1) : text, recursive));
  if (secret !== undefined)
    report(scope, word, 'path.secret', `shows secrets: ${secret}`, 'read_only', 'sensitive_read');
  if (texts.some(isSocketPath))
    report(scope, word, 'path.socket', 'connects to another machine', 'destructive', 'egress');
  actsWhenOpened(word, scope);
  if (texts.some((text) => isRawDevice(text))) {
    report(scope, word, 'path.device', 'reads a disk or memory past its file system', 'destructive', 'sensitive_read');
  }
}

function actsWhenOpened(word: Argument, scope: Scope): void {
  if ((word.values ?? word.hints).some(isActingDevice))
    report(scope, word, 'path.acting', 'opens a device or queue on which the opening acts', 'destructive');
}

/** Judges writing to a path: free sinks, files of the script's own, system files, devices, sockets, any other. */
export function writePath(word: Argument, how: 'overwrites' | 'appends', scope: Scope, at: Span): void {
  const texts = word.values ?? [word.text];
  if (texts.every(isFreeSink)) return;
  if (texts.some(isSocketPath)) {
    report(scope, at, 'path.socket', 'connects to another machine', 'destructive', 'egress');
    return;
  }
  if (texts.some(isRawDevice)) {
    report(scope, at, 'path.device', `writes a device: ${word.text}`, 'forbidden');
    return;
  }
  if (isMade(word, scope)) {
    report(scope, at, 'path.made', `writes a temporary file of the script: ${word.text}`, 'modifying');
    return;
  }
  if (mayHide(word)) {
    report(scope, at, 'path.hidden', `writes a file that is not named here: ${word.text}`, 'destructive');
    return;
  }
  if (texts.some(isSystemPath)) {
    report(scope, at, 'path.system', `writes a system file: ${word.text}`, 'destructive');
    return;
  }
  if (how === 'appends') {
    report(scope, at, 'path.append', `appends to ${word.text}`, 'modifying');
    return;
  }
  report(scope, at, 'path.overwrite', `may overwrite ${word.text}`, 'destructive');
}

/** Whether the folder that is written cannot be told: an open word, or a glob. */
function mayHide(word: Argument): boolean {
  if (word.literal) return false;
  return (
    word.values === null && (word.splits || word.glob || word.prefix.indexOf('/', 1) < 0 || word.text.includes('..'))
  );
}

/** `"$x"` and nothing else, where x surely holds what mktemp answered. */
function isMade(word: Argument, scope: Scope): boolean {
  const found = /^\$(?:\{(\w+)\}|(\w+))$/.exec(word.text);
  const name = found?.[1] ?? found?.[2] ?? '';
  return (
    !word.literal && scope.made.includes(name) && scope.variables.isSetOnce(name) && !scope.functions.includes('mktemp')
  );
}

function reachHost(word: Argument, use: 'host' | 'quiet_host' | 'url', scope: Scope): void {
  if (namesInheritedHost(word) || namesNoHost(word)) return;
  if (use === 'quiet_host' && word.values !== null && !word.splits) return;
  const fixed = withoutInheritedPort(word);
  const open = fixed !== word.text ? [fixed] : /^\w+:\/\/[^/]+\//.test(word.prefix) ? [word.prefix] : [''];
  const hosts = (word.splits ? [''] : (word.values ?? open)).map(hostOf);
  if (hosts.every((host) => host !== null && (isLoopback(host) || isMetadataHost(host)))) return;
  report(scope, word, 'host.egress', `talks to ${word.text}`, 'read_only', 'egress');
}
