/** What an assistant may ask: each tool reads, and answers as the command of the same name does. None approves, starts or writes. */
import { stripVTControlCharacters } from 'node:util';
import * as z from 'zod';
import { alarmFromFile } from '../../core/alarm/written.ts';
import { IncidentId } from '../../core/dispatch.ts';
import { lint } from '../../core/lint/lint.ts';
import { readAlarmLine } from '../../core/matching/alarm-line.ts';
import { floorsOf } from '../../core/runbook/review.ts';
import { waysOf } from '../../core/runbook/ways.ts';
import { isoOf } from '../../core/time.ts';
import { filesInside, refuseOutside } from './inside.ts';

export interface Tool {
  readonly description: string;
  readonly input: z.ZodObject;
  /** Plain JSON or a text. @throws {Error} with what is wrong, for the client to read. */
  run(input: never, place: Place): Promise<unknown>;
}

export interface Place {
  /** Absolute: the working folder of the process. */
  readonly root: string;
  readonly policy: string;
  /** Milliseconds since 1970. */
  now(): number;
}

/** Characters of an alarm as JSON: twice what the longest of the fixtures has, and far less than would slow the matching. */
const longestAlarm = 100_000;

const Alarm = z
  .record(z.string(), z.unknown())
  .refine((alarm) => JSON.stringify(alarm).length <= longestAlarm, {
    error: `must be at most ${longestAlarm} characters of JSON`,
  })
  .describe('an alarm as DescribeAlarms, EventBridge or SNS give it, or { "name": …, "dimensions": … }');
const Incident = z.strictObject({ incident: IncidentId.describe('an incident id: inc- and 20 hexadecimal digits') });
const Runbook = z
  .string()
  .min(1)
  .max(300)
  .describe('the id of a runbook in ./runbooks, or the path of a file in the folder');

function tool<Shape extends z.ZodObject>(
  description: string,
  input: Shape,
  run: (input: z.infer<Shape>, place: Place) => Promise<unknown>,
): Tool {
  return { description, input, run: run as Tool['run'] };
}

const nothing = z.strictObject({});

export const tools: Readonly<Record<string, Tool>> = {
  list_runbooks: tool(
    'List the runbooks of the folder: id, title, owner, severity, steps and their risk.',
    nothing,
    async (_, place) => {
      const { reports, tools: means } = await reportsIn('runbooks', place);
      return reports.map(({ file, problems, judged }) => {
        const runbook = judged?.draft.runbook;
        const errors = problems.filter(({ severity }) => severity === 'error').length;
        if (!runbook) return { file, errors };
        const { id, title, owner, severity, steps } = runbook;
        const floors = floorsOf(runbook, means).filter(({ script }) => script === 'command');
        return {
          ...{ file, errors, id, title, owner, severity },
          steps: steps.flatMap(waysOf).map(({ number, title: name, command }) => ({
            number,
            title: name,
            floor: floors.find(({ line }) => line === command?.line)?.verdict.level ?? 'by hand',
          })),
        };
      });
    },
  ),
  validate: tool(
    'Check runbooks as a deploy does: every problem with file, line, rule and fix.',
    z.strictObject({ path: z.string().min(1).max(300).default('runbooks').describe('a file or folder in the folder') }),
    async ({ path }, place) => (await reportsIn(path, place)).reports.map(({ file, problems }) => ({ file, problems })),
  ),
  plan: tool(
    'Show what a runbook would do and whom it would ask, from files alone. Nothing is started.',
    z.strictObject({
      runbook: Runbook,
      parameters: z.record(z.string().max(100), z.string().max(2000)).default({}),
      alarm: Alarm.optional(),
      environment: z.string().max(100).optional(),
    }),
    async ({ runbook, parameters, alarm, environment }, { root, policy, now }) => {
      const { planOf } = await import('../show-plan.ts');
      const { findRunbook } = await import('../find-runbook.ts');
      if (/[/\\]|\.md$/i.test(runbook)) await refuseOutside(root, runbook);
      await refuseOutside(root, await findRunbook(runbook));
      const at = now();
      const { report, planned } = await planOf(runbook, {
        policy,
        given: parameters,
        now: at,
        alarm: alarm ? async () => alarmFromFile(JSON.stringify(alarm), isoOf(at)) : null,
        ...(environment === undefined ? {} : { environment }),
      });
      return { problems: report.problems, plan: planned };
    },
  ),
  match: tool(
    'Say which runbook of the folder an alarm would be given, why, and why not the others.',
    z.strictObject({ alarm: Alarm }),
    async ({ alarm }, { root }) => {
      const [{ answerOf }, { readRunbookFolder }] = await Promise.all([
        import('../match-alarms.ts'),
        import('../runbook-folder.ts'),
      ]);
      await filesInside(root, 'runbooks');
      const read = readAlarmLine(JSON.stringify(alarm));
      if (read.problem !== null) throw new Error(read.problem);
      return answerOf(read.alarm, await readRunbookFolder('runbooks'));
    },
  ),
  list_incidents: tool('List the open incidents of the deployment.', nothing, async () => {
    const { openOverviews } = await import('../incidents/read.ts');
    return openOverviews();
  }),
  list_approvals: tool(
    'List what waits for a person’s answer. Only people answer, in Slack or with the command line; this cannot.',
    nothing,
    async () => {
      const { openOverviews } = await import('../incidents/read.ts');
      return (await openOverviews()).flatMap(({ waiting, ...incident }) =>
        waiting.map((one) => ({ ...incident, ...one })),
      );
    },
  ),
  get_incident: tool(
    'Show one incident: how it stands, what waits, and each entry of its audit chain in words.',
    Incident,
    async ({ incident }) => {
      const { overview } = await import('../incidents/read.ts');
      const { timeline } = await import('../timeline.ts');
      const { items, ...found } = await overview(incident);
      return { ...found, timeline: timeline(items).map(stripVTControlCharacters) };
    },
  ),
  replay: tool(
    'Replay one incident: what was asked, who signed, what was sent, and what it printed, verified.',
    Incident,
    async ({ incident }) => {
      const [{ storyOf }, { terminalLines }, { bundleTextOf }] = await Promise.all([
        import('../replay/story.ts'),
        import('../replay/terminal.ts'),
        import('../audit-export.ts'),
      ]);
      const { overview } = await import('../incidents/read.ts');
      await overview(incident); // An incident that is not there has no bundle.
      const text = await bundleTextOf({ incident }, new Date());
      const story = await storyOf(text.split('\n').slice(0, -1), incident);
      return stripVTControlCharacters(terminalLines(story).join('\n'));
    },
  ),
};

async function reportsIn(path: string, { root, policy: file }: Place) {
  const files = await filesInside(root, path);
  const { lintContext, readPolicy } = await import('../validate-run.ts');
  await refuseOutside(root, file);
  const { policy } = await readPolicy(file);
  const context = await lintContext(policy);
  return { reports: lint(files, context), tools: context.tools };
}
