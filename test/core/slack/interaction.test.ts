/** Interactivity payloads as Slack sends them become acts; everything else is `other` or an error, never an act. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { approvalCard } from '../../../core/slack/card.ts';
import { actionIds, modalWords } from '../../../core/slack/controls.ts';
import { InteractionError, parseInteraction } from '../../../core/slack/interaction.ts';
import { seed, share } from '../../soak.ts';
import { sampleCard } from './samples.ts';

const reference = `inc-0123456789abcdef0123.2.run.1.1.r0001.${'0f'.repeat(32)}`;
const older = `inc-0123456789abcdef0123.2.run.1.0123456789ab.${'0f'.repeat(32)}`;
const user = { id: 'U0ANA', username: 'ana', name: 'ana', team_id: 'T1' };

function clickPayload(overrides: Record<string, unknown> = {}) {
  return {
    type: 'block_actions',
    user,
    api_app_id: 'A1',
    trigger_id: '12466734323.1395872398',
    container: { type: 'message', message_ts: '1548261231.000200', channel_id: 'C1' },
    channel: { id: 'C1', name: 'incidents' },
    message: { ts: '1548261231.000200', text: 'Approval needed', blocks: [] },
    actions: [{ type: 'button', action_id: 'countersign.approve', block_id: 'x', value: reference, action_ts: '1.2' }],
    ...overrides,
  };
}

function submissionPayload(view: Record<string, unknown> = {}) {
  return {
    type: 'view_submission',
    user,
    api_app_id: 'A1',
    team: { id: 'T1', domain: 'example' },
    view: {
      id: 'V1',
      callback_id: 'countersign.reject',
      private_metadata: reference,
      state: { values: { 'countersign.reason': { text: { type: 'plain_text_input', value: '  not now + ü & = ' } } } },
      ...view,
    },
  };
}

/** Nothing was typed, and nothing chosen. */
const nothing = { reason: null, code: null, runbook: null, parameters: null, targets: null, choice: null };
const form = (payload: unknown) => new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
const action = (changes: object) => ({ actions: [{ ...clickPayload().actions[0], ...changes }] });

describe('parseInteraction', () => {
  test('a click on Approve', () => {
    expect(parseInteraction(form(clickPayload()))).toEqual({
      kind: 'answer',
      word: 'approve',
      reference,
      userId: 'U0ANA',
      channel: 'C1',
      messageTs: '1548261231.000200',
      origin: { appId: 'A1', team: null },
      displayed: null,
      triggerId: '12466734323.1395872398',
      ...nothing,
    });
  });

  test('a click on Reject', () => {
    const payload = clickPayload(action({ action_id: 'countersign.reject' }));
    expect(parseInteraction(form(payload))).toEqual({
      kind: 'opens',
      word: 'reject',
      reference,
      userId: 'U0ANA',
      triggerId: '12466734323.1395872398',
      channel: 'C1',
      messageTs: '1548261231.000200',
      origin: { appId: 'A1', team: null },
      displayed: null,
      about: null,
      more: null,
    });
  });

  test.each(Object.entries(modalWords))('a click on %s opens a modal for %s', (action_id, word) => {
    const payload = clickPayload(action({ action_id }));
    expect(parseInteraction(form(payload))).toMatchObject({ kind: 'opens', word, reference });
  });

  test('any other word is handed on, so that somebody can say that it is no answer', () => {
    const payload = clickPayload(action({ action_id: 'countersign.sing' }));
    expect(parseInteraction(form(payload))).toMatchObject({ kind: 'answer', word: 'sing', reference });
  });

  test('an alternative is chosen by its place', () => {
    const payload = clickPayload(action({ action_id: 'countersign.choose_2', value: `${reference} 2` }));
    expect(parseInteraction(form(payload))).toMatchObject({ kind: 'answer', word: 'choose', reference, choice: 2 });
  });

  test('trying a failed step again is no trying again of a closed incident', () => {
    const payload = clickPayload(action({ action_id: actionIds.retryStep }));
    expect(parseInteraction(form(payload))).toMatchObject({ kind: 'answer', word: 'retry', reference });
  });

  test.each(['approve', 'reject'])('%s on a card of the first release asks for no reason and is handed on', (word) => {
    const payload = clickPayload(action({ action_id: `countersign.${word}`, value: older }));
    expect(parseInteraction(form(payload))).toMatchObject({ kind: 'answer', word, reference: older, channel: 'C1' });
  });

  test('a modal that was opened before the upgrade is handed on', () => {
    const payload = submissionPayload({ private_metadata: older });
    expect(parseInteraction(form(payload))).toMatchObject({ kind: 'answer', word: 'reject', reference: older });
  });

  test('a submitted rejection with its reason', () => {
    expect(parseInteraction(form(submissionPayload()))).toEqual({
      kind: 'answer',
      word: 'reject',
      reference,
      userId: 'U0ANA',
      channel: null,
      messageTs: null,
      origin: { appId: 'A1', team: 'T1' },
      displayed: null,
      triggerId: null,
      ...nothing,
      reason: 'not now + ü & =',
    });
  });

  test.each([' \n ', '', null])('a submitted rejection whose reason is %j is asked for again', (value) => {
    const payload = submissionPayload({ state: { values: { 'countersign.reason': { text: { value } } } } });
    expect(parseInteraction(form(payload))).toEqual({
      kind: 'incomplete',
      errors: { 'countersign.reason': expect.stringContaining('Say why') },
    });
  });

  test('a click says what its card says, whatever else stands there', () => {
    const { blocks } = approvalCard(sampleCard());
    const payload = clickPayload({
      ...action({ action_id: 'countersign.reject' }),
      message: { ts: '1.0', blocks: [{ type: 'image' }, null, ...blocks] },
    });
    expect(parseInteraction(form(payload))).toMatchObject({
      about: {
        headline: 'Deletes files on web-1 (dry run: 3 lines): Remove rotated logs older than a week',
        command: sampleCard().command,
        hosts: [{ id: 'i-0a1b2c3d4e5f60718', text: 'i-0a1b2c3d4e5f60718 (web-1)' }],
      },
    });
    const none = { ...action({ action_id: 'countersign.reject' }), message: { ts: '1.0', blocks: 'none' } };
    expect(parseInteraction(form(clickPayload(none)))).toMatchObject({ about: null });
  });

  test.each([
    ['as Slack hands it back', 'a &amp;&amp; b &lt;in &gt;out; echo &amp;lt;', 'a && b <in >out; echo &lt;'],
    ['as it was sent, when Slack hands it back so', 'a && b &lt;', 'a && b &lt;'],
  ])('a command with characters that Slack writes as entities: %s', (_, text, command) => {
    const literal = { type: 'rich_text_preformatted', elements: [{ type: 'text', text }] };
    const header = { type: 'header', text: { type: 'plain_text', text: 'R &amp; D' } };
    const blocks = [header, { type: 'rich_text', elements: [literal] }];
    const payload = clickPayload({ ...action({ action_id: 'countersign.reject' }), message: { ts: '1.0', blocks } });
    expect(parseInteraction(form(payload))).toMatchObject({ about: { headline: 'R & D', command } });
  });

  test.each([
    ['another app’s button', clickPayload(action({ action_id: 'deploy' }))],
    ['another modal', submissionPayload({ callback_id: 'survey' })],
    ['a closed modal', { ...submissionPayload(), type: 'view_closed' }],
    ['a shortcut', { type: 'shortcut', callback_id: 'countersign.reject', user }],
  ])('%s is other', (_, payload) => {
    expect(parseInteraction(form(payload))).toEqual({ kind: 'other' });
  });

  test.each([
    ['an empty body', ''],
    ['a JSON body', JSON.stringify(clickPayload())],
    ['no JSON in the form', 'payload=%7Bnot'],
    ['two payloads', `${form(clickPayload())}&${form(clickPayload())}`],
    ['a payload that is a list', form([])],
    ['a payload that is null', form(null)],
    ['a huge body', `payload=${'x'.repeat(600_000)}`],
    ['no user', form(clickPayload({ user: undefined }))],
    ['a user id that is no id', form(clickPayload({ user: { id: '<!channel>' } }))],
    ['no trigger', form(clickPayload({ trigger_id: undefined }))],
    ['no message', form(clickPayload({ message: undefined }))],
    ['a word of ours that is none', form(clickPayload(action({ action_id: 'countersign.APPROVE' })))],
    ['our name without a word', form(clickPayload(action({ action_id: 'countersign.' })))],
    ['no value', form(clickPayload(action({ value: undefined })))],
    ['a value that is no reference', form(clickPayload(action({ value: `${reference} ` })))],
    ['two actions at once', form(clickPayload({ actions: [...clickPayload().actions, ...clickPayload().actions] }))],
    ['a rejection of nothing', form(submissionPayload({ private_metadata: '' }))],
  ])('%s is an error', (_, body) => {
    expect(() => parseInteraction(body)).toThrow(InteractionError);
  });

  test(`arbitrary payloads and forms are other or an error, seed ${seed}`, () => {
    const payloads = fc.oneof(
      fc.json().map((json) => new URLSearchParams({ payload: json }).toString()),
      fc.object().map((changes) => form({ ...clickPayload(), ...changes, actions: changes })),
      fc.webQueryParameters(),
      fc.string({ unit: 'binary' }),
    );
    fc.assert(
      fc.property(payloads, (body) => {
        try {
          expect(parseInteraction(body)).toEqual({ kind: 'other' });
        } catch (error) {
          expect(error).toBeInstanceOf(InteractionError);
        }
      }),
      { numRuns: share(20_000), seed },
    );
  });
});
