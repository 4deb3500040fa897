/** Slack's signature: the documented example, both sides of the clock, and every single change of the request. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { maximumWeight } from '../../../core/slack/limits.ts';
import { maximumBodyBytes, slackSignature, verifySlackSignature } from '../../../core/slack/signature.ts';
import { seed, share } from '../../soak.ts';

// The worked example of https://docs.slack.dev/authentication/verifying-requests-from-slack
const documented = {
  signingSecret: '8f742231b10e8888abcd99yyyzzz85a5',
  timestamp: '1531420618',
  rawBody:
    'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V' +
    '&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=' +
    '&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN' +
    '&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c',
  signature: 'v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503',
};
const now = Number(documented.timestamp);

describe('verifySlackSignature', () => {
  test('accepts the example of the documentation', () => {
    expect(verifySlackSignature({ ...documented, now })).toEqual({ ok: true });
  });

  test.each([-301, -300, 0, 300, 301])('a timestamp %i s from now', (distance) => {
    expect(verifySlackSignature({ ...documented, now: now + distance }).ok).toBe(Math.abs(distance) <= 300);
  });

  test.each([
    ['no timestamp', { timestamp: undefined }],
    ['an empty timestamp', { timestamp: '' }],
    ['a fractional timestamp', { timestamp: '1531420618.5' }],
    ['a timestamp with a sign', { timestamp: '+1531420618' }],
    ['a hexadecimal timestamp', { timestamp: '0x5b47a04a' }],
    ['a padded timestamp', { timestamp: ' 1531420618' }],
    ['no signature', { signature: undefined }],
    ['an empty signature', { signature: '' }],
    ['another version', { signature: documented.signature.replace('v0', 'v1') }],
    ['an upper-case signature', { signature: documented.signature.toUpperCase().replace('V0', 'v0') }],
    ['a cut signature', { signature: documented.signature.slice(0, -1) }],
    ['a signature that is not ASCII', { signature: `v0=${'é'.repeat(64)}` }],
    ['another secret', { signingSecret: 'other' }],
    ['an empty secret', { signingSecret: '', signature: slackSignature(documented.rawBody, documented.timestamp, '') }],
    ['a clock that is no number', { now: Number.NaN }],
  ])('refuses %s', (_, change) => {
    const answer = verifySlackSignature({ ...documented, now, ...change });
    expect(answer.ok).toBe(false);
    expect(JSON.stringify(answer)).not.toContain(documented.signature.slice(3));
  });

  test('refuses a body that is too long, whatever signed it', () => {
    const rawBody = 'x'.repeat(maximumBodyBytes + 1);
    const signature = slackSignature(rawBody, documented.timestamp, documented.signingSecret);
    expect(verifySlackSignature({ ...documented, rawBody, signature, now })).toEqual({
      ok: false,
      reason: 'the body has more than 262144 bytes',
    });
  });

  test('the longest body holds the heaviest of our messages three times, at its worst in JSON and as a form', () => {
    // What JSON.stringify leaves and PHP's json_encode, which Slack's payloads look like, escapes as well.
    const asSlackWritesIt = (value: unknown) =>
      JSON.stringify(value)
        .replaceAll('/', '\\/')
        .replaceAll(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
    for (const character of ['/', '"', 'é', '漢', '😀', '\u0001']) {
      const text = character.repeat(
        Math.floor(maximumWeight / Buffer.byteLength(JSON.stringify(character).slice(1, -1))),
      );
      const body = `payload=${encodeURIComponent(asSlackWritesIt([text, text, text]))}`;
      expect(body.length, character).toBeLessThan(maximumBodyBytes);
    }
  });

  test(`refuses every other body, seed ${seed}`, () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), (signed, sent) => {
        const signature = slackSignature(signed, documented.timestamp, 'secret');
        const answer = verifySlackSignature({ ...documented, signingSecret: 'secret', rawBody: sent, signature, now });
        expect(answer.ok).toBe(signed === sent);
      }),
      { numRuns: share(20_000), seed },
    );
  });
});
