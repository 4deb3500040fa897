/** Every status of Run Command has its one meaning, on one host and folded over several. */
import { describe, expect, test } from 'vitest';
import { combinedOutcome, foldedOutcome, hostOutcome } from '../../../core/derive/outcome.ts';
import { type HostOutcome, HostOutcome as HostOutcomes } from '../../../core/words.ts';

const invocation = (status: string, exitCode = 1, stderr = '') => ({
  target: 'i',
  status,
  exitCode,
  stdout: '',
  stderr,
});

describe('one host', () => {
  test.each([
    ['Pending', 'running'],
    ['InProgress', 'running'],
    ['In Progress', 'running'],
    ['Delayed', 'running'],
    ['Cancelling', 'running'],
    ['Success', 'succeeded'],
    ['TimedOut', 'timed_out'],
    ['Execution Timed Out', 'timed_out'],
    ['DeliveryTimedOut', 'unknown'],
    ['Delivery Timed Out', 'unknown'],
    ['Cancelled', 'unknown'],
    ['Undeliverable', 'not_started'],
    ['InvalidPlatform', 'not_started'],
    ['AccessDenied', 'not_started'],
    ['Terminated', 'not_started'],
    ['RateExceeded', 'not_started'],
    ['Failed', 'failed'],
    ['SomethingNew', 'unknown'],
    ['', 'unknown'],
  ])('%s is %s', (status, expected) => {
    expect(hostOutcome(invocation(status))).toBe(expected);
  });

  test.each([91, 92, 94, 95])('the document’s refusal %i is the host’s own, and only with its message', (code) => {
    expect(hostOutcome(invocation('Failed', code, 'countersign: refused: too late; nothing was run'))).toBe(
      'refused_by_host',
    );
    expect(hostOutcome(invocation('Failed', code, 'something else'))).toBe('failed');
  });

  test('a dispatch that the host has seen before may have run: that is not known, and never "not run"', () => {
    const stderr = 'countersign: refused: this dispatch has been here before; nothing was run';
    expect(hostOutcome(invocation('Failed', 93, stderr))).toBe('unknown');
    expect(hostOutcome(invocation('Failed', 93, 'something else'))).toBe('failed');
  });

  test.each([124, 137])('exit code %i of timeout is a time-out', (code) => {
    expect(hostOutcome(invocation('Failed', code))).toBe('timed_out');
  });
});

describe('several hosts', () => {
  test('agree on one word', () => {
    for (const host of HostOutcomes.options)
      expect(foldedOutcome([host, host, host])).toBe(host === 'refused_by_host' ? 'not_started' : host);
  });

  test('are not started when nothing ran anywhere, whatever kept it from running', () => {
    expect(foldedOutcome(['not_started', 'refused_by_host'])).toBe('not_started');
  });

  test('that differ are partial, never one of their words', () => {
    const all: readonly HostOutcome[] = HostOutcomes.options;
    for (const one of all)
      for (const other of all) {
        const quiet = ['not_started', 'refused_by_host'];
        if (one === other || (quiet.includes(one) && quiet.includes(other))) continue;
        expect(foldedOutcome([one, other]), `${one} and ${other}`).toBe('partial');
        expect(foldedOutcome([other, one, one])).toBe('partial');
      }
  });

  test('run while one of them runs, and no host at all is a failure', () => {
    expect(combinedOutcome([invocation('Success'), invocation('InProgress')])).toBe('running');
    expect(combinedOutcome([invocation('Success'), invocation('Failed')])).toBe('partial');
    expect(combinedOutcome([])).toBe('failed');
  });
});
