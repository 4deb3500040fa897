/** What a step lacks or says wrongly about its risk: companions, the declared level, and the way back. */

import { type ClassifyTools, classify } from '../risk/classify.ts';
import type { RiskVerdict } from '../risk/verdict.ts';
import { placeOf } from '../runbook/blocks.ts';
import type { Finding } from '../runbook/problem.ts';
import { dispatchFindings, floorFindings, reasonsOf } from '../runbook/review.ts';
import { higherRisk } from '../words.ts';
import { interactiveFindings } from './interactive.ts';
import type { Judged, JudgedScript } from './judged.ts';
import { scriptSecrets } from './secrets.ts';
import { missingUndo } from './undo.ts';

const words = {
  command: 'command',
  dryRun: 'dry-run',
  observe: 'observe',
  rollback: 'rollback',
  verify: 'verify',
} as const;

export function stepFindings(judged: Judged, tools: ClassifyTools): Finding[] {
  const { draft, scripts } = judged;
  const floors = scripts.flatMap((one) =>
    floorFindings({
      script: words[one.draft.kind],
      verdict: one.verdict,
      waits: one.draft.template.waitSeconds > 0,
    }).map((finding) => ({
      ...finding,
      ...placeOf(one.draft.code),
      fix: finding.rule === 'companion-changes' ? ownRehearsal(one, finding.fix) : finding.fix,
    })),
  );
  const commands = scripts.filter(
    ({ draft: { kind }, verdict }) => kind === 'command' && verdict.level !== 'forbidden',
  );
  return [
    ...floors,
    ...(draft.steps.length > 0 ? dispatchFindings(draft.steps) : []),
    ...commands.flatMap((one) => riskBelowFloor(one, draft.lines)),
    ...commands.flatMap((one) => companionsOf(one, tools)),
    ...missingUndo(scripts),
  ];
}

/** Some tools change things even when they rehearse. */
function ownRehearsal({ draft: { kind, mended } }: JudgedScript, fix: string): string {
  return kind === 'dryRun' && /--dry-run\b/.test(mended)
    ? 'the rehearsal of this tool changes something itself: make it a step of its own, before this one'
    : fix;
}

function riskBelowFloor({ step, draft, verdict }: JudgedScript, lines: readonly string[]): Finding[] {
  const { declaredRisk } = step;
  if (declaredRisk === null || higherRisk(declaredRisk, verdict.level) === declaredRisk) return [];
  const { line, column } = placeOf(draft.code);
  const at = (lines[line - 1] ?? '').indexOf('risk=');
  const message = `risk=${declaredRisk} is below the floor: the script is ${verdict.level}: ${reasonsOf(verdict)}`;
  return [
    { rule: 'risk-below-floor', line, column: at < 0 ? column : at + 1, message, fix: `write risk=${verdict.level}` },
  ];
}

function companionsOf(judged: JudgedScript, tools: ClassifyTools): Finding[] {
  const { step, draft, verdict } = judged;
  const level = step.declaredRisk === null ? verdict.level : higherRisk(step.declaredRisk, verdict.level);
  // What else is wrong with the script comes first: its risk is not what its author meant.
  const wrong = [...draft.findings, ...interactiveFindings(judged), ...scriptSecrets(draft, [])];
  if (wrong.length > 0) return [];
  if (step.declaredRisk === 'destructive' || destroys(verdict)) return missingCompanions(judged, tools);
  if (level !== 'modifying' || step.dryRun || step.when === 'always') return [];
  const rehearsal = rehearsalOf(judged, tools);
  if (rehearsal === null) return [];
  const message = 'the step has no dry-run, and its tool has one of its own that changes nothing';
  return [
    { rule: 'own-dry-run', ...placeOf(draft.code), message, fix: `add a \`\`\`bash dry-run fence: ${rehearsal}` },
  ];
}

/** Reasons that say what nobody can tell, rather than what is destroyed. */
const uncertain =
  /^(?:script|node|command|assignment|exec|function)\.|\.(?:open|hidden|interactive|bare|shell|egress|crash|depth|option|variable|syntax)$/;

function destroys({ reasons }: RiskVerdict): boolean {
  return reasons.some(
    ({ level, rule, text }) => level === 'destructive' && !uncertain.test(rule) && !text.startsWith('is not a known'),
  );
}

/** Deeds that nothing takes back: of these no rollback is missing. */
const irreversible = /^(?:deletes (?:files|journal)|ends sessions|writes or cuts files)/;

function canBeTakenBack({ reasons }: RiskVerdict): boolean {
  const deeds = reasons.filter(({ level, rule }) => level === 'destructive' && !uncertain.test(rule));
  return deeds.length === 0 || deeds.some(({ text }) => !irreversible.test(text));
}

/** Where nothing can be taken back, the author says so; then no rollback is missing. */
const saysWhy =
  /roll(?:ed|s)?[ -]?back|undo|undone|restor|recover|revert|revers|(?:bring|brings|brought|take|taken|put|give|given|get) (?:\S+ ){0,3}back|way back|for good|for ever|gone|lost|backup|snapshot|rebuil|regenerat|re-?creat|copies|copy\b/i;

function missingCompanions(judged: JudgedScript, tools: ClassifyTools): Finding[] {
  const { step, draft, verdict } = judged;
  const saysSo = !canBeTakenBack(verdict) || saysWhy.test(`${step.title} ${step.prose}`);
  const missing = [
    ...(step.dryRun ? [] : ['dry-run']),
    ...(step.observe ? [] : ['observe']),
    ...(step.rollback || saysSo ? [] : ['rollback']),
  ];
  const has = (kind: string) => step.scripts.some((script) => words[script.kind] === kind);
  const really = missing.filter((kind) => !has(kind));
  if (really.length === 0) return [];
  const rehearsal = really.includes('dry-run') ? rehearsalOf(judged, tools) : null;
  const message = `step ${step.number} is destructive and has no ${really.join(', no ')}`;
  const fixes = [
    ...(really.includes('dry-run')
      ? [`a \`\`\`bash dry-run fence that shows what would go${rehearsal === null ? '' : ` (${rehearsal})`}`]
      : []),
    ...(really.includes('observe') ? ['a ```bash observe fence for before and after'] : []),
    ...(really.includes('rollback')
      ? ['a ```bash rollback fence, or a sentence under the step that says why there is none']
      : []),
  ];
  return [{ rule: 'missing-companion', ...placeOf(draft.code), message, fix: `add ${fixes.join('; ')}` }];
}

/** How each tool is told to rehearse. */
const rehearsals: readonly (readonly [tool: RegExp, option: string])[] = [
  [/^(?:kubectl|oc)$/, '--dry-run=server'],
  [/^(?:kubectl|oc)$/, '--dry-run=client'],
  [
    /^(?:helm|git|rsync|apt-get|aws|logrotate|dnf|npm|restic|borg|certbot|kustomize|skaffold|flux|velero)$/,
    '--dry-run',
  ],
  [/^logrotate$/, '-d'],
];

/** What says all that it does: a rehearsal would show nothing more. */
const plain = /^(?:cordon|uncordon|scale|label|annotate|taint|autoscale)$/;

/** The step's only command with its tool's own option, where the floor says that it then only reads; else null. */
function rehearsalOf({ calls, script, tree, draft }: JudgedScript, tools: ClassifyTools): string | null {
  const [call, another] = calls;
  if (
    call === undefined ||
    another !== undefined ||
    tree.commands.length !== 1 ||
    call.args.some((arg) => plain.test(arg))
  )
    return null;
  for (const [tool, option] of rehearsals) {
    if (!tool.test(call.name) || call.args.some((arg) => arg.startsWith(option.slice(0, 9)))) continue;
    const place = call.args.indexOf('--');
    if (place >= 0) return null;
    if (classify(`${script.trimEnd()} ${option}`, tools).level === 'read_only')
      return `${draft.mended.trim()} ${option}`;
  }
  return null;
}
