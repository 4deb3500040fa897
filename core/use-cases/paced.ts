/** Cards at the pace that the channel takes: what finds no room is not posted, and what can wait leaves room for what cannot. */
import type { Urgency } from '../pace.ts';
import type { ChannelMessage } from '../report/message.ts';
import { type Cards, ChannelBusy } from './ports.ts';

/** Messages of all channels count together: a channel's name and its id cannot be told apart before something is posted. */
export const slackBucket = 'slack';

const posts: Readonly<Record<ChannelMessage['kind'], Urgency>> = {
  head: 'text',
  on_it: 'text',
  reminder: 'card',
  question: 'card',
  decided: 'card',
  closing: 'card',
  switch: 'late',
  digest: 'digest',
};

/** A question that waits is drawn again for the time that is left, which its card says anyway. */
const updates: typeof posts = { ...posts, question: 'text' };

/**
 * The same cards; each call takes room first, and throws ChannelBusy where there is none. Room that cannot be asked for is
 * there: Slack itself says when it wants no more.
 */
export function paced(cards: Omit<Cards, 'room'>, take: (urgency: Urgency) => Promise<boolean>): Cards {
  let reserved = 0;
  const isFree = (urgency: Urgency) => take(urgency).catch(() => true);
  const room = async (urgency: Urgency) => {
    if (!(await isFree(urgency))) throw new ChannelBusy('this minute has had its messages');
  };
  return {
    async room(urgency) {
      if (!(await isFree(urgency))) return false;
      reserved += 1;
      return true;
    },
    async post(channel, message, below) {
      if (message.kind === 'head' || reserved === 0) await room(posts[message.kind]);
      else reserved -= 1;
      return cards.post(channel, message, below);
    },
    async update(place, message) {
      await room(updates[message.kind]);
      await cards.update(place, message);
    },
    async reply(place, message) {
      await room(posts[message.kind]);
      await cards.reply(place, message);
    },
    async attach(place, name, text) {
      await room('card');
      await cards.attach(place, name, text);
    },
    async picture(place, name, png, words) {
      await room('text');
      await cards.picture(place, name, png, words);
    },
    tell: (channel, userId, text) => cards.tell(channel, userId, text),
  };
}
