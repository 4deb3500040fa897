/** Failures that nobody would hear of: the script's last command alone decides whether the step succeeded. */
import type { SyntaxNode } from 'unbash';
import type { Finding } from '../runbook/problem.ts';
import { type JudgedScript, reasonsWithin } from './judged.ts';
import { callsIn, has, operands } from './shell.ts';

type Statement = JudgedScript['tree']['commands'][number];

/** The first command of a script whose failure a later one, or a pipe, hides. */
export function maskedFailures(judged: JudgedScript): Finding[] {
  const { draft, tree, at } = judged;
  if (draft.kind !== 'command' && draft.kind !== 'rollback') return [];
  const piped = tree.commands.map((statement) => maskedByPipe(statement, judged)).find((node) => node !== null);
  const listed = tree.commands.slice(0, -1).find((statement) => isMasked(statement, judged));
  if (listed && !(piped && piped.pos < listed.pos)) {
    const message = 'if this command fails, the step counts as successful: the exit code of the last command decides';
    return [
      at(
        listed.pos,
        'masked-failure',
        message,
        'join them with &&, begin the script with set -e, or make two steps of it',
      ),
    ];
  }
  if (!piped) return [];
  const message = 'if this command fails, the step counts as successful: a pipe has the exit code of its last command';
  return [at(piped.pos, 'masked-failure', message, 'begin the script with set -o pipefail (and set -e)')];
}

function isMasked({ command, background, pos, end }: Statement, judged: JudgedScript): boolean {
  if (background || setsOption(judged, 'e', 'errexit', pos)) return false;
  // `a || true` says that its failure does not matter; `if` and loops deal with failures themselves.
  const last = command.type === 'AndOr' ? command.operators.at(-1) : null;
  if (last === '||') return false;
  if (command.type !== 'AndOr' && command.type !== 'Command' && command.type !== 'Pipeline') return false;
  const [call] = callsIn(command);
  if (call === undefined || /^(?:cd|export|set|umask|trap|sleep|echo|printf|mkdir|)$/.test(call.name)) return false;
  return changes(judged, pos, end) && !endsWithCheck(judged);
}

/** Whether the script ends with something that looks at the effect, so that its exit code tells of the failure after all. */
function endsWithCheck({ tree }: JudgedScript): boolean {
  const last = tree.commands.at(-1)?.command;
  const calls = last === undefined ? [] : callsIn(last);
  return calls.some(
    ({ name, args }) =>
      /^(?:test|\[|false|exit)$/.test(name) ||
      (name === 'systemctl' && /^(?:status|is-active|is-failed|is-enabled)$/.test(operands(args)[0] ?? '')) ||
      (name === 'service' && args[1] === 'status') ||
      (/^(?:kubectl|oc)$/.test(name) && (args.includes('status') || args.includes('wait'))) ||
      (name === 'aws' && args.includes('wait')) ||
      (name === 'curl' && has(args, '-f', '--fail', '--fail-with-body')) ||
      (name === 'grep' && has(args, '-q', '--quiet')),
  );
}

function maskedByPipe({ command }: Statement, judged: JudgedScript): SyntaxNode | null {
  const pipelines = command.type === 'AndOr' ? command.commands : [command];
  for (const node of pipelines) {
    if (node.type !== 'Pipeline' || setsOption(judged, '', 'pipefail', node.pos)) continue;
    const before = node.commands.slice(0, -1).filter((part) => !/^(?:echo|printf)$/.test(nameOf(part)));
    const found = before.find((part) => changes(judged, part.pos, part.end) || (isDump(part) && writes(node, judged)));
    if (found) return found;
  }
  return null;
}

function nameOf(node: SyntaxNode): string {
  return (node.type === 'Command' ? callsIn(node)[0]?.name : undefined) ?? '';
}

/** What makes the file that the pipe's end writes: half a dump looks like a whole one. */
function isDump(node: SyntaxNode): boolean {
  const [call] = node.type === 'Command' ? callsIn(node) : [];
  return (
    call !== undefined &&
    /^(?:pg_dump|pg_dumpall|mysqldump|mariadb-dump|mongodump|tar|zfs|etcdctl|pg_basebackup)$/.test(call.name)
  );
}

function writes(node: SyntaxNode, judged: JudgedScript): boolean {
  return changes(judged, node.pos, node.end);
}

function changes({ verdict }: JudgedScript, start: number, end: number): boolean {
  return reasonsWithin(verdict, start, end).some(({ level }) => level !== 'read_only');
}

/** Whether `set -e`, `set -o pipefail` or the like stands before an offset. */
function setsOption({ calls }: JudgedScript, letter: string, word: string, before: number): boolean {
  return calls.some(
    ({ name, args, start }) =>
      name === 'set' && start < before && ((letter !== '' && has(args, `-${letter}`)) || args.includes(word)),
  );
}
