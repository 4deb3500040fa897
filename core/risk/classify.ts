/** The risk floor: judges every command of a script's syntax tree. */
import { forEachChild, parse, type SyntaxNode } from 'unbash';
import { higherRisk, type RiskLevel } from '../words.ts';
import { disagreement, type Reparse } from './agreement.ts';
import type { OrganisationRule } from './organisation.ts';
import { treeProblem } from './tree.ts';
import type { RiskReason, RiskVerdict } from './verdict.ts';

export type { Reparse } from './agreement.ts';

const reads = new Set([
  'df',
  'du',
  'uptime',
  'free',
  'ps',
  'cat',
  'ls',
  'journalctl',
  'head',
  'tail',
  'grep',
  'wc',
  'echo',
  'printf',
  'true',
  'false',
  'test',
  '[',
  'sleep',
]);
const systemctlReads = new Set(['status', 'is-active', 'is-enabled', 'is-failed', 'list-units', 'show', 'cat']);
const systemctlChanges = new Set(['restart', 'start', 'stop', 'reload', 'reset-failed']);
const findWrites = /^-(delete|exec|execdir|ok|okdir|fprint|fprint0|fprintf|fls)$/;

/**
 * Judges a script. Never throws: whatever cannot be understood is destructive.
 *
 * @param script the exact text that would be sent.
 * @param tools `reparse`, the second parser (absent = nothing is read_only); the organisation's own `commands`.
 */
export function classify(
  script: string,
  tools: { reparse?: Reparse; commands?: readonly OrganisationRule[] },
): RiskVerdict {
  const whole = { start: 0, end: script.length };
  try {
    if (script.length > 65_536)
      return verdict([{ rule: 'script.too-long', text: 'is longer than 64 KB', level: 'destructive', ...whole }]);
    const tree = parse(script);
    const problem = treeProblem(tree);
    if (problem) return verdict([{ rule: 'script.syntax', text: problem, level: 'destructive', ...whole }]);
    const reasons = judge(tree);
    const seen = verdict(reasons);
    if (seen.level !== 'read_only') return seen;
    const doubt = disagreement(tree, script, tools.reparse);
    return doubt
      ? verdict([...reasons, { rule: 'script.disagreement', text: doubt, level: 'destructive', ...whole }])
      : seen;
  } catch {
    return verdict([{ rule: 'script.crash', text: 'could not be judged', level: 'destructive', ...whole }]);
  }
}

function verdict(reasons: readonly RiskReason[]): RiskVerdict {
  const level = reasons.reduce<RiskLevel>((highest, reason) => higherRisk(highest, reason.level), 'read_only');
  const flags = [...new Set(reasons.flatMap((reason) => reason.flag ?? []))];
  return { level, flags, reasons, known: !reasons.some((reason) => reason.rule === 'command.unknown') };
}

function judge(node: SyntaxNode): RiskReason[] {
  const reasons: RiskReason[] = [];
  const span = { start: node.pos, end: node.end };
  if (node.type === 'Command') reasons.push({ ...command(node), ...span });
  else if (node.type === 'Redirect' && !['/dev/null', '1', '2'].includes(node.target?.text ?? '')) {
    reasons.push({ rule: 'redirect', text: 'may write a file', level: 'destructive', ...span });
  } else if (['Function', 'Assignment', 'Coproc'].includes(node.type)) {
    reasons.push({ rule: 'shell.state', text: 'changes what later commands mean', level: 'destructive', ...span });
  }
  forEachChild(node, (child) => {
    reasons.push(...judge(child));
  });
  return reasons;
}

function command(node: Extract<SyntaxNode, { type: 'Command' }>): { rule: string; text: string; level: RiskLevel } {
  const name = node.name?.value ?? '';
  const words = node.suffix.flatMap((word) => (word.type === 'Word' ? [word.value] : []));
  if (reads.has(name) && !/shadow|environ|\.ssh|\.aws/.test(words.join(' ')))
    return { rule: name, text: 'reads', level: 'read_only' };
  if (name === 'find' && !words.some((word) => findWrites.test(word) || /[$`]/.test(word)))
    return { rule: 'find', text: 'finds files', level: 'read_only' };
  const verb = words.find((word) => !word.startsWith('-')) ?? '';
  if (name === 'systemctl' && systemctlReads.has(verb))
    return { rule: 'systemctl.status', text: 'shows units', level: 'read_only' };
  if (name === 'systemctl' && systemctlChanges.has(verb))
    return { rule: `systemctl.${verb}`, text: `${verb}s units`, level: 'modifying' };
  return { rule: 'command.unknown', text: `is not known to be harmless: ${name}`, level: 'destructive' };
}
