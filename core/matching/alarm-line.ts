/** An alarm as one line of JSON, for looking at the matching apart from CloudWatch. */
import type { Alarm } from '../alarm/alarm.ts';
import { PlainAlarm } from '../alarm/plain.ts';

export type ReadAlarmLine =
  | { readonly alarm: Alarm; readonly problem: null }
  | { readonly name: string | null; readonly problem: string };

/** Never throws. A problem names the field, what is wrong with it and what is allowed. */
export function readAlarmLine(line: string): ReadAlarmLine {
  const value = parsed(line);
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return {
      name: null,
      problem: 'the line is no JSON object; write one alarm a line, such as {"name":"disk-full-web-1"}',
    };
  const read = PlainAlarm.safeParse(value);
  if (read.success) return { alarm: alarmOf(read.data), problem: null };
  const problems = read.error.issues.map(({ path, message }) => `${path.join('.')} ${message}`);
  const { name } = value as { name?: unknown };
  return { name: typeof name === 'string' ? name : null, problem: problems.join('; ') };
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

/** What the line does not say is as CloudWatch would leave it empty. */
function alarmOf({ name, namespace, metric, dimensions, description, tags, ...line }: PlainAlarm): Alarm {
  return {
    arn: '',
    name,
    account: '',
    region: '',
    kind: 'metric',
    state: 'ALARM',
    stateChangedAt: '',
    stateReason: '',
    description: description ?? '',
    namespace,
    metric,
    dimensions: dimensions ?? {},
    tags: tags ?? {},
    rule: null,
    comparison: line.comparison,
    threshold: line.threshold,
    series: line.statistic === null ? null : { statistic: line.statistic, periodSeconds: line.period ?? 60 },
    contributorId: null,
    quiet: null,
  };
}
