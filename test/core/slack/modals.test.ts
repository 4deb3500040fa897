/** What a modal promises is so for the first of two answers, under single_operator and while everything is stopped. */
import { expect, test } from 'vitest';
import type { ModalWord } from '../../../core/slack/controls.ts';
import { modalFor } from '../../../core/slack/modals.ts';
import { sampleOpening } from './samples.ts';

const says = (word: ModalWord) => JSON.stringify(modalFor(sampleOpening({ word })).blocks);

test.each<[ModalWord, RegExp]>([
  ['approve', /once the card has all the approvals that it wants, unless everything is stopped/],
  ['confirm', /once the card has all the answers that it wants, unless everything is stopped/],
  ['skip', /unless everything is stopped/],
  ['reject', /unless everything is stopped/],
])('%s promises nothing that wants more answers, or waits for a resume', (word, words) => {
  expect(says(word)).toMatch(words);
  expect(says(word)).not.toContain('This runs exactly');
});

test.each<ModalWord>(['modify', 'narrow'])(
  '%s does not say that somebody else must approve where the same person may',
  (word) => {
    expect(says(word)).toContain('by somebody else unless the policy says single_operator');
  },
);
