/** What a runbook's Markdown says to people and not to the machine: commands in prose, numbers that are no steps, headings. */
import { toString as textOf } from 'mdast-util-to-string';
import { isBuiltinOrKnown } from '../risk/catalogue.ts';
import { type Block, type Code, placeOf } from '../runbook/blocks.ts';
import type { Draft } from '../runbook/parse.ts';
import type { Finding, Place } from '../runbook/problem.ts';
import { type DraftStep, leavesOf } from '../runbook/steps.ts';

export function proseFindings(draft: Draft): Finding[] {
  const manual = draft.steps.filter(
    ({ scripts, foreign, item }) => scripts.length === 0 && !foreign && !hasNestedCode(item),
  );
  const found = manual.flatMap(manualFindings);
  return [...found, ...noCommands(draft, found), ...headingLevels(draft)];
}

function hasNestedCode(block: { readonly children?: readonly unknown[]; readonly type: string }): boolean {
  if (block.type === 'code') return (block as Code).lang !== 'text';
  return (block.children ?? []).some((child) => hasNestedCode(child as Block));
}

/** The first thing under a manual step that looks as if it would run. */
function manualFindings(step: DraftStep): Finding[] {
  if (saysManual(step.title)) return [];
  const text = textCommand(step);
  const inline = inlineCommand(step);
  const nested = step.item.children.find((child) => child.type === 'list' && child.ordered === true);
  const found = inline ?? text;
  if (found) return [found];
  if (!nested) return [];
  const message = `the numbered list under step ${step.number} is prose: its items are no steps, and nobody is asked about them`;
  return [
    {
      rule: 'nested-steps',
      ...placeOf(nested),
      message,
      fix: 'make each a step of its own, at the left margin, or use bullets',
    },
  ];
}

/** The author's word that a person does this. */
function saysManual(title: string): boolean {
  return /^\W*(?:manual(?:ly)?|by hand)\b|[([]manual(?:ly)?[)\]]\s*$|\bby hand\b/i.test(title);
}

interface Span {
  readonly text: string;
  readonly place: Place;
  /** The text of its paragraph before and after it. */
  readonly before: string;
  readonly after: string;
  readonly inTitle: boolean;
}

function inlineCommand(step: DraftStep): Finding | null {
  const spans = step.item.children.flatMap((child, index) =>
    child.type === 'code' ? [] : spansIn(child, index === 0),
  );
  const found = spans.find((span) => isCommand(span.text, span.inTitle) && (span.inTitle || isOrder(span)));
  const title = step.item.children[0];
  const plain = title?.type === 'paragraph' && !found ? plainCommand(textOf(title)) : null;
  if (!found && plain === null) return null;
  const written = found ? `\`${found.text}\`` : JSON.stringify(plain);
  return {
    rule: 'inline-command',
    ...(found ? found.place : placeOf(title ?? step.item)),
    message: `${written} stands in prose, so it never runs: step ${step.number} is manual`,
    fix: 'put it into a ```bash fence indented under the step, or begin the title with "Manual:" where a person types it',
  };
}

function spansIn(block: unknown, inTitle: boolean): Span[] {
  const node = block as { type: string; value?: string; children?: unknown[]; position?: { start: Place } };
  if (node.type !== 'paragraph')
    return (node.children ?? []).flatMap((child) => spansIn(child, inTitle && node.type !== 'list'));
  const children = (node.children ?? []) as { type: string; value?: string; position?: { start: Place } }[];
  return children.flatMap((child, index) => {
    if (child.type !== 'inlineCode') return [];
    const around = (part: typeof children) => part.map((one) => textOf(one)).join('');
    return [
      {
        text: child.value ?? '',
        place: placeOf(child),
        before: around(children.slice(0, index)),
        after: around(children.slice(index + 1)),
        inTitle,
      },
    ];
  });
}

/** Prose that tells somebody to run what follows, or that is nothing else. */
function isOrder({ before, after }: Span): boolean {
  return (
    /(?:\b(?:run|execute|type|enter|issue|invoke|with|using|use|then|via|do)\b[^.`]{0,20}|:)\s*$/i.test(before) ||
    (before.trim() === '' && /^[\s.;,]*$/.test(after))
  );
}

/** A known command with something after it; alone it may be a name. */
function isCommand(text: string, inTitle: boolean): boolean {
  const words = text
    .trim()
    .replace(/^(?:[$#]|sudo)\s+/, '')
    .split(/\s+/);
  const [name = ''] = words;
  if (!/^[a-z][\w.-]*$/.test(name) || !isBuiltinOrKnown(name)) return false;
  return words.length > 1 || (inTitle && /^(?:reboot|poweroff|halt|uptime|free|lsblk|ss|dmesg)$/.test(name));
}

/** `2. systemctl restart nginx`, `2. Run kubectl get pods`: a command without any mark. */
function plainCommand(title: string): string | null {
  const [, words = ''] =
    /^(?:(?:run|execute|type|enter|use)[:\s]+)?((?:sudo\s+)?[a-z][\w.-]*\s.*)$/i.exec(
      title.replace(/\s+/g, ' ').trim(),
    ) ?? [];
  const parts = words.replace(/^sudo\s+/, '').split(' ');
  const [name = '', second = ''] = parts;
  const english =
    /^(?:test|find|kill|sort|time|wait|watch|which|who|make|read|set|service|top|less|more|cut|join|split|install|mount|host|date|last|at|export|history|free|script|type|help|do|in|for|if|let|local|return|shift|then|trap|break|continue|exit|echo|cat|look|file|link|sum|touch|yes|patch|head|tail|man|finger|strings|stat|dd|nice|env|times|command|source|select|case|until|while|function|alias|dig|ping|expand|fold|tee|seq|factor|true|false|login|go|as|at|open|comment|write|wall)$/;
  if (!/^[a-z][a-z0-9_-]+$/.test(name) || !isBuiltinOrKnown(name)) return null;
  const shaped = parts.slice(1).some((part) => /^-{1,2}[A-Za-z]|^\/|=/.test(part));
  if (english.test(name)) return shaped ? words : null;
  return shaped ||
    /^(?:status|start|stop|restart|reload|get|describe|logs|delete|exec|ps|images|rollout|scale|drain|cordon|uncordon|apply|show|list|info|ping|clean|update|upgrade)$/.test(
      second,
    ) ||
    parts.length <= 3
    ? words
    : null;
}

/** A `text` fence under a step without a script, whose lines are commands: it looks as if it would run. */
function textCommand(step: DraftStep): Finding | null {
  for (const child of step.item.children) {
    if (child.type !== 'code') continue;
    const [first = ''] = child.value.split('\n').filter((line) => line.trim() !== '');
    const bare = first.replace(/^\s*(?:[$#%]\s+)?/, '');
    if (!isCommand(bare, true)) continue;
    return {
      rule: 'text-command',
      ...placeOf(child),
      message: `the fence is in the language text, so ${JSON.stringify(bare)} never runs: step ${step.number} is manual`,
      fix: 'write ```bash, or begin the title with "Manual:" where a person types it',
    };
  }
  return null;
}

function noCommands({ steps, body, findings }: Draft, found: readonly Finding[]): Finding[] {
  const explained =
    found.length > 0 ||
    body.findings.some(({ rule }) =>
      /^(?:stray-code|heading-step|html-hides|fence-language|indented-code|unclosed-fence)$/.test(rule),
    );
  const [first] = steps;
  if (first === undefined || explained || findings.some(({ rule }) => rule === 'file-too-large')) return [];
  if (leavesOf(steps).some(({ scripts, foreign, title }) => scripts.length > 0 || foreign || saysManual(title)))
    return [];
  const message = `no step has a command: Countersign would only ask people to confirm ${steps.length === 1 ? 'one step' : `${steps.length} steps`}`;
  return [
    {
      rule: 'no-commands',
      ...placeOf(first.item),
      message,
      fix: 'give the steps that look at something a ```bash fence, or begin titles with "Manual:"',
    },
  ];
}

/** Headings that skip a level, and `#Title`, which is none. */
function headingLevels({ body: { blocks, findings } }: Draft): Finding[] {
  const told = new Set(findings.filter(({ rule }) => rule === 'heading-step').map(({ line }) => line));
  let depth = 1;
  return blocks.flatMap((block): Finding[] => {
    if (block.type === 'paragraph' && /^#{1,6}[A-Za-z]|^#{7,}\s/.test(textOf(block))) {
      const fix = 'write one to six "#", then a space';
      return [
        {
          rule: 'heading-level',
          ...placeOf(block),
          message: `${JSON.stringify(textOf(block).slice(0, 60))} is no heading`,
          fix,
        },
      ];
    }
    if (block.type !== 'heading') return [];
    const before = depth;
    depth = block.depth;
    if (block.depth <= before + 1 || told.has(placeOf(block).line)) return [];
    const message = `the heading is of level ${block.depth}, and the one above it of level ${before}`;
    return [{ rule: 'heading-level', ...placeOf(block), message, fix: `write it with ${'#'.repeat(before + 1)}` }];
  });
}
