/** What a function answers to the machine when AWS could not say what it needs: nothing was begun that a second call would not find. */
import { historyLimits } from './limits.ts';

/** After which the machine comes back: throttles and conflicts are over by then. */
const againSeconds = historyLimits.longestWaitSeconds;

/** By the name of the function. `request-approval` has no answer: its state waits for a token, or for an error of this name. */
export const again = {
  plan: { answer: 'again' },
  gate: { decision: 'again', dispatch: null, seconds: againSeconds, status: null },
  'request-approval': 'Again',
  settle: { decision: 'again' },
  execute: { outcome: 'again', seconds: againSeconds },
  poll: { outcome: 'again', seconds: againSeconds },
  close: { answer: 'again' },
} as const;
