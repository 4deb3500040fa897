/** The one message that says what waits for room in the channel. */
import { type Digest, isEmpty, type RestingAlarm, type WaitingQuestion } from '../report/digest.ts';
import { levelWords } from '../report/words.ts';
import { shownInline } from '../shown.ts';
import type { Block, RichElement, SlackMessage } from './blocks.ts';
import { bold, bullets, code, fallback, footer, header, line, moment, rich } from './rich.ts';

/** Alarms that are listed, at most. */
const mostResting = 10;

/** Notifies nobody by name, and always fits. */
export function digestMessage(digest: Digest): SlackMessage {
  const headline = headlineOf(digest);
  return {
    text: fallback(headline),
    blocks: [
      header(headline),
      ...questions(digest),
      ...endings(digest),
      ...resting(digest),
      footer('countersign incidents'),
    ],
  };
}

function headlineOf(digest: Digest): string {
  const { questions: waiting, endings: ended, resting: alarms } = digest;
  if (isEmpty(digest)) return 'Nothing waits for this channel any more';
  const parts = [
    ...(waiting.count > 0 ? [`${counted(waiting.count, 'question')} not asked yet`] : []),
    ...(ended > 0 ? [`${counted(ended, 'report')} to come`] : []),
    ...(alarms.length > 0 ? [`${counted(alarms.length, 'alarm')} not answered for a while`] : []),
  ];
  return parts.join(', ');
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

function questions({ questions: { count, listed }, perMinute }: Digest): Block[] {
  if (count === 0) return [];
  const why = `Slack takes about one message a second, and Countersign sends at most ${perMinute} a minute. These incidents wait to ask; whoever waits longest is asked about first.`;
  const rest = count - listed.length;
  return [
    rich(
      line(why),
      line(
        bold('Nobody was asked yet, and nothing of it expires: '),
        'the time to answer begins when its card appears.',
      ),
    ),
    ...(listed.length > 0 ? [rich(bullets(listed.map(row)))] : []),
    ...(rest > 0 ? [rich(line(`… and ${rest} more`))] : []),
  ];
}

function row({ incidentId, alarmName, step, title, level, since }: WaitingQuestion): (string | RichElement)[] {
  const risk = level === null ? '' : ` (${levelWords[level].toLowerCase()})`;
  const what = step === null ? '' : `, step ${step}${title === null ? '' : `: ${shownInline(title, 100)}`}${risk}`;
  return [
    code(shownInline(alarmName ?? incidentId, 150)),
    what,
    ', waits since ',
    ...moment(since),
    ` · ${incidentId}`,
  ];
}

function endings({ endings: count }: Digest): Block[] {
  if (count === 0) return [];
  const text = `${counted(count, 'incident')} ended since; ${count === 1 ? 'its report follows' : 'their reports follow'} here. Whatever needed a person was paged at once.`;
  return [rich(line(text))];
}

function resting({ resting: alarms }: Digest): Block[] {
  if (alarms.length === 0) return [];
  const rest = alarms.length - mostResting;
  return [
    rich(line(bold('Not opened again until then, whatever they ring: '), 'look at them yourselves.')),
    rich(bullets(alarms.slice(0, mostResting).map(restingRow))),
    ...(rest > 0 ? [rich(line(`… and ${rest} more`))] : []),
  ];
}

function restingRow({ alarmName, incidents, until }: RestingAlarm): (string | RichElement)[] {
  return [code(shownInline(alarmName, 200)), `, ${incidents} incidents within an hour, until `, ...moment(until)];
}
