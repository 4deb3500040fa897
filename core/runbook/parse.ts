/** Markdown in, a compiled runbook out, or one error that names everything that is wrong with the file. */
import { sha256 } from '../digest.ts';
import { hiddenCharacters } from '../visible.ts';
import { declareParameter } from './declared-parameters.ts';
import { type ReadFrontMatter, readFrontMatter } from './front-matter.ts';
import type { FrontMatter, MatchEntry } from './front-matter-schema.ts';
import { maximumFileLength, maximumLineLength } from './limits.ts';
import { type Problem, RunbookError } from './problem.ts';
import { type Parameter, Runbook, type Said } from './runbook.ts';
import { readSteps } from './steps.ts';

/**
 * Reads one runbook. `file` is its name for messages and for the compiled runbook.
 *
 * @throws {RunbookError} with every problem found: file, line, the wrong value, what is allowed, the fix.
 */
export function parseRunbook(markdown: string, file: string): Runbook {
  const unreadable = unreadableProblems(markdown, file);
  if (unreadable.length > 0) throw new RunbookError(unreadable);
  const front = readFrontMatter(markdown, file);
  const declared = new Set(Object.keys(front.value?.parameters ?? {}));
  const { parameters, problems } = readParameters(front, file);
  // Without front matter nothing is declared, and every placeholder would be called unknown.
  const body =
    front.value === null ? { steps: [], ifAlarmStays: '', problems: [] } : readSteps(front.body, file, declared);
  const all = [...front.problems, ...problems, ...body.problems];
  if (front.value === null || all.length > 0) throw new RunbookError(all.sort((a, b) => a.line - b.line));
  return Runbook.parse(compiled(front.value, parameters, body, file, sha256(markdown)));
}

/** What would make people see another file than the machine reads. */
function unreadableProblems(markdown: string, file: string): Problem[] {
  if (markdown.length > maximumFileLength)
    return [
      { file, line: 1, text: `the file has ${markdown.length} characters; at most ${maximumFileLength} are allowed` },
    ];
  if (markdown.includes('\r'))
    return [{ file, line: 1, text: 'the file has Windows line ends, which a shell would run; save it with LF' }];
  return markdown.split('\n').flatMap((line, index) => {
    if (line.length > maximumLineLength)
      return [
        {
          file,
          line: index + 1,
          text: `the line has ${line.length} characters; at most ${maximumLineLength} are allowed; break it`,
        },
      ];
    const hidden = hiddenCharacters(line);
    const text = `the line hides ${hidden.join(', ')}; remove it: people must see what they approve`;
    return hidden.length > 0 ? [{ file, line: index + 1, text }] : [];
  });
}

function readParameters(front: ReadFrontMatter, file: string): { parameters: Parameter[]; problems: Problem[] } {
  const declared = Object.entries(front.value?.parameters ?? {}).map(([name, entry]) => declareParameter(name, entry));
  const problems = declared.flatMap(({ parameter, problems: found }) =>
    found.map(({ key, text }) => {
      const path = ['parameters', parameter.name, key];
      return { file, line: front.lineOf(path), text: `${path.join('.')} ${text}` };
    }),
  );
  return { parameters: declared.map(({ parameter }) => parameter), problems };
}

function compiled(
  front: FrontMatter,
  parameters: Parameter[],
  { steps, ifAlarmStays }: Pick<Runbook, 'steps' | 'ifAlarmStays'>,
  file: string,
  digest: string,
): Runbook {
  const { match, targets } = front;
  return {
    format: 1,
    id: front.id,
    file,
    title: front.title,
    owner: front.owner,
    severity: front.severity,
    services: front.services,
    environments: front.environments,
    match: (Array.isArray(match) ? match : [match]).map((one) => ({
      ...saidOf(one),
      unless: one.unless === undefined ? null : saidOf(one.unless),
    })),
    symptoms: front.symptoms,
    parameters,
    targets: {
      from: targets.tags === undefined ? 'alarm' : 'tags',
      tags: targets.tags ?? {},
      maximum: targets.max,
    },
    steps,
    ifAlarmStays,
    digest,
  };
}

function saidOf({ alarms, namespace, metric, comparison, dimensions, tags }: Omit<MatchEntry, 'unless'>): Said {
  return {
    alarms,
    namespaces: [namespace ?? []].flat(),
    metrics: [metric ?? []].flat(),
    comparison: comparison ?? null,
    dimensions,
    tags,
  };
}
