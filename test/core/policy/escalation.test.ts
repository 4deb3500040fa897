/** The key `escalation`: which entry counts, what it adds to a question, and every way to write it wrongly. */
import { describe, expect, test } from 'vitest';
import { levelAt, levelsOf, waitOf } from '../../../core/approval/levels.ts';
import { escalationFor } from '../../../core/policy/escalation-rule.ts';
import { isoOf } from '../../../core/time.ts';
import type { RiskLevel } from '../../../core/words.ts';
import { asking } from '../approval/asked.ts';
import { policyOf, refusalOf } from './cases.ts';

const level = (place: string, wait = '2m') => `{ place: ${place}, wait: ${wait} }`;
const entry = (more: string, levels = [level('leads')]) => `  - { ${more}levels: [${levels.join(', ')}] }\n`;
const policy = policyOf(
  `escalation:\n${entry('environment: production, level: destructive, ', [level('a'), level('b', '3m')])}${entry('environment: production, page_wait: null, ')}${entry('level: modifying, ')}`,
);

test.each<[string, RiskLevel, number | null]>([
  ['production', 'destructive', 0],
  ['production', 'modifying', 1],
  ['production', 'read_only', 1],
  ['staging', 'modifying', 2],
  ['staging', 'destructive', null],
])('in %s, %s: entry %s', (environment, risk, index) => {
  expect(escalationFor(policy, environment, risk)).toBe(index === null ? null : policy.escalation[index]);
});

describe('the levels of a question', () => {
  const { derived } = asking();
  const of = (environment: string, risk: RiskLevel, seconds: number) => {
    const asked = { environment, verdict: { ...derived.verdict, level: risk } };
    const levels = levelsOf(asked, policy, { createdAt: isoOf(0), expiresAt: isoOf(seconds * 1000) });
    return levels.map(({ place, until }) => [place, Date.parse(until) / 1000]);
  };

  test('follow one after the other, the page last', () => {
    expect(of('production', 'destructive', 600)).toEqual([
      ['a', 120],
      ['b', 300],
      ['the page topic', 600],
    ]);
    expect(of('production', 'modifying', 120)).toEqual([['leads', 120]]);
  });

  test('none begins after the question expires, and the last lasts until then', () => {
    expect(of('production', 'destructive', 120)).toEqual([['a', 120]]);
    expect(of('production', 'destructive', 250)).toEqual([
      ['a', 120],
      ['b', 250],
    ]);
  });

  test('without an entry it is one place, until it expires', () => {
    expect(of('staging', 'destructive', 900)).toEqual([[derived.verdict.approvals.channel, 900]]);
  });

  test('a question waits no longer than its levels last, nor than its time-out', () => {
    const waits = (environment: string, risk: RiskLevel, timeoutSeconds: number) => {
      const approvals = { ...derived.verdict.approvals, timeoutSeconds };
      return waitOf({ environment, verdict: { ...derived.verdict, level: risk, approvals } }, policy);
    };
    expect(waits('production', 'destructive', 900)).toBe(120 + 180 + 300);
    expect(waits('production', 'destructive', 60)).toBe(60);
    expect(waits('staging', 'destructive', 900)).toBe(900);
  });

  test('is the one whose time is not over; after the end the last', () => {
    const terms = { levels: [120, 300].map((until) => ({ place: 'x', mention: null, until: isoOf(until * 1000) })) };
    const at = (seconds: number) => levelAt({ terms } as never, seconds * 1000);
    expect([0, 119.999, 120, 299, 300, 9999].map(at)).toEqual([1, 1, 2, 2, 2, 2]);
  });
});

test.each<[string, string, RegExp]>([
  ['no level', entry('', []), /escalation\[0\]\.levels: this list: must have at least one level/],
  ['six levels', entry('', Array(6).fill(level('a'))), /levels: this list: must have at most 5 levels/],
  ['a wait that a tick may pass over', entry('', [level('a', '1m')]), /wait: "1m": must be a duration from 2m to 2h/],
  ['a place that is none', entry('', [level('"the page topic"')]), /place: .*must be a Slack channel name/],
  [
    'a call to everybody',
    entry('', ['{ place: a, wait: 2m, mention: channel }']),
    /mention: "channel": must be a member id/,
  ],
  ['an unknown level', entry('level: forbidden, '), /level: "forbidden": must be read_only, modifying or destructive/],
  [
    'an unknown environment',
    entry('environment: prod, '),
    /escalation\[0\]\.environment: "prod": must be one of production/,
  ],
  ['an entry behind one that fits all', entry('') + entry('level: modifying, '), /escalation\[1\]: .*never counts/],
  [
    'more than safety.timeout',
    entry('', [level('a', '11m')]),
    /waits 960s in all .* more than safety\.timeout \(900s\)/,
  ],
  [
    'more than a team’s time-out',
    `${entry('')}teams: { payments: { timeout: 5m } }\n`,
    /more than teams\.payments\.timeout \(300s\)/,
  ],
  [
    'more than its environment’s time-out',
    `${entry('environment: staging, ')}environments: { staging: { timeout: 5m } }\n`,
    /more than environments\.staging\.timeout \(300s\)/,
  ],
])('%s is refused', (_, yaml, words) => {
  expect(refusalOf(`escalation:\n${yaml}`)).toMatch(words);
});

test('another environment’s time-out is no matter of an entry', () => {
  const yaml = `escalation:\n${entry('environment: staging, ')}environments: { staging: {}, production: { timeout: 1m } }\n`;
  expect(policyOf(yaml).escalation).toHaveLength(1);
});
