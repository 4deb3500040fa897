/** Every status of Run Command has its one meaning, on one host and folded over several. */
import { describe, expect, test } from 'vitest';
import { combinedOutcome, explained, foldedOutcome, hostOutcome } from '../../../core/derive/outcome.ts';
import { type HostOutcome, HostOutcome as HostOutcomes } from '../../../core/words.ts';

const invocation = (status: string, exitCode = 1, stderr = '') => ({
  target: 'i',
  status,
  exitCode,
  stdout: '',
  stderr,
});

test('a text as long as what Systems Manager hands over says that there may be more', () => {
  const { stdout, stderr } = explained({ stdout: 'x'.repeat(24_000), stderr: 'y'.repeat(8_000) });
  expect(stdout).toMatch(
    /^x{24000}… cut here: Systems Manager hands over the first 24000 characters, and there may be more$/,
  );
  expect(stderr).toMatch(/^y{8000}… cut here: .* first 8000 characters/);
  expect(explained({ stdout: 'x'.repeat(23_999), stderr: '' })).toEqual({ stdout: 'x'.repeat(23_999), stderr: '' });
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

  test.each([
    [93, 'a dispatch that the host has seen before'],
    [96, 'a host that booted after the send'],
  ])('%i, %s, may have run it: that is not known, and never "not run"', (code) => {
    const stderr = 'countersign: refused: why; this delivery ran nothing, an earlier one may have';
    expect(hostOutcome(invocation('Failed', code, stderr))).toBe('unknown');
    expect(hostOutcome(invocation('Failed', code, 'something else'))).toBe('failed');
  });

  test.each([
    'Plugin with name aws:runShellScript not found. Step name: run',
    'failed to run commands: open /var/lib/amazon/ssm/i-1/document/orchestration/_script.sh: no space left on device',
  ])('%s: people are told what it means, and whether something ran is left open', (agent) => {
    const words = `the agent cannot write: is its disk full?\n`;
    expect(explained({ stdout: '', stderr: agent })).toEqual({ stdout: '', stderr: `${words}${agent}` });
    expect(explained({ stdout: agent, stderr: '' })).toEqual({ stdout: agent, stderr: words });
    expect(hostOutcome(invocation('Failed', 1, agent))).toBe('failed');
  });

  test('a script that says so of its own disk is not explained', () => {
    const stderr = 'tee: /srv/x: No space left on device\n';
    expect(explained({ stdout: '', stderr })).toEqual({ stdout: '', stderr });
  });

  test.each([124, 137])('exit code %i of timeout is a time-out', (code) => {
    expect(hostOutcome(invocation('Failed', code))).toBe('timed_out');
  });

  test.each([124, 137])('exit code %i of the script itself, in its time, is a failure', (code) => {
    const itself = `countersign: the script itself exited with ${code}\n`;
    expect(hostOutcome(invocation('Failed', code, itself))).toBe('failed');
    expect(hostOutcome(invocation('Failed', code, `${itself}more`))).toBe('failed');
    expect(hostOutcome(invocation('Failed', code, `more\n${itself}`))).toBe('timed_out');
    expect(hostOutcome(invocation('Failed', code === 124 ? 137 : 124, itself))).toBe('timed_out');
    expect(hostOutcome(invocation('ExecutionTimedOut', code, itself))).toBe('timed_out');
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
