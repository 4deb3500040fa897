/** What everybody is told when everything is stopped, or goes on, with the button that lifts the stop. */
import type { SwitchNews } from '../report/message.ts';
import { slackPerson } from '../report/show.ts';
import { stopLine } from '../report/switch.ts';
import { shown, shownInline } from '../shown.ts';
import type { Block, SlackMessage } from './blocks.ts';
import { actionIds } from './controls.ts';
import { bold, fallback, footer, header, lines, plain, quietly, rich } from './rich.ts';

/** Notifies nobody by name. */
export function switchMessage(news: SwitchNews): SlackMessage {
  const headline = headlineOf(news);
  const why = news.why === '' ? [] : [[shown(news.why, 600)]];
  return {
    text: fallback(news.why === '' ? headline : `${headline}: ${news.why}`),
    blocks: [
      header(headline),
      rich(lines([bold('By '), quietly(slackPerson(news.by))], ...why, ...furtherOf(news).map((text) => [text]))),
      ...buttonsOf(news),
      footer('countersign status'),
    ],
  };
}

function headlineOf(news: SwitchNews): string {
  switch (news.kind) {
    case 'stopped':
      return news.isAbort ? 'Aborted: nothing is sent any more' : 'Stopped: nothing is sent any more';
    case 'aborted_and_lifted':
      return 'Aborted, and sending again: somebody has lifted that stop since';
    case 'resumed':
      return news.still === null
        ? 'Resumed: Countersign sends again'
        : 'Some stops are lifted, and it is still stopped';
    case 'suspended':
      return `Suspended: ${shownInline(news.name, 80)} approves nothing`;
    case 'reinstated':
      return `Reinstated: ${shownInline(news.name, 80)} may approve again`;
  }
}

const cancelled =
  'What runs on hosts is cancelled within a minute or two, and may have run in part: look at these hosts.';

function furtherOf(news: SwitchNews): string[] {
  switch (news.kind) {
    case 'aborted_and_lifted':
      return [`It was stop ${news.number}. Incidents that were open end as halted; nothing is undone.`, cancelled];
    case 'stopped':
      return news.isAbort
        ? [`It is stop ${news.stop.number}. Incidents that are open end as halted; nothing is undone.`, cancelled]
        : [`It is stop ${news.stop.number}. Incidents wait. What runs on hosts already goes on.`];
    case 'resumed':
      return [
        news.from === news.to ? `Stop ${news.from} is lifted.` : `Stops ${news.from} to ${news.to} are lifted.`,
        ...(news.still === null ? ['What waits goes on within a minute.'] : [`It is ${stopLine(news.still)}.`]),
      ];
    case 'suspended':
      return ['What they approved and nobody has run yet counts no more.'];
    case 'reinstated':
      return [];
  }
}

function buttonsOf(news: SwitchNews): Block[] {
  if (news.kind !== 'stopped') return [];
  const { number } = news.stop;
  return [
    {
      type: 'actions',
      block_id: 'countersign.switch',
      elements: [
        {
          type: 'button',
          action_id: actionIds.resume,
          value: String(number),
          text: plain('Resume', 75),
          confirm: {
            title: plain('Resume?', 100),
            text: plain(
              `Countersign sends again, and what waits goes on. This lifts the stops up to number ${number}.`,
              300,
            ),
            confirm: plain('Resume', 60),
            deny: plain('Leave it stopped', 60),
          },
        },
      ],
    },
  ];
}

/** On the first message of an incident that goes on. */
export function stopButton(incidentId: string): Block {
  return {
    type: 'actions',
    block_id: 'countersign.stop',
    elements: [
      {
        type: 'button',
        action_id: actionIds.stop,
        value: incidentId,
        text: plain('Stop everything', 75),
        style: 'danger',
        confirm: {
          title: plain('Stop everything?', 100),
          text: plain(
            'After some 15 seconds nothing is sent any more, for any incident, until somebody resumes. What runs on hosts already goes on.',
            300,
          ),
          confirm: plain('Stop everything', 60),
          deny: plain('Cancel', 60),
          style: 'danger',
        },
      },
    ],
  };
}
