/** The slash command: exactly what was typed, in Slack's own spelling too; nothing that is meant otherwise passes for a stop. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isResponseUrl, parseCommand } from '../../../core/slack/command.ts';
import { seed, share } from '../../soak.ts';
import { commandBody } from '../../support/commands.ts';

const typed = (text: string) => parseCommand(commandBody('U0000000001', text));

describe('parsing', () => {
  const commands: [string, string, string, string][] = [
    ['stop', 'stop', '', ''],
    ['stop load balancer migration', 'stop', '', 'load balancer migration'],
    ['STOP  now', 'stop', '', 'now'],
    ['stop --abort', 'stop', 'abort', ''],
    ['stop --abort wrong  cluster', 'stop', 'abort', 'wrong  cluster'],
    // As Slack's clients on macOS and iOS change it while it is typed.
    ['stop —abort wrong cluster', 'stop', 'abort', 'wrong cluster'],
    ['stop --Abort wrong cluster', 'stop', 'abort', 'wrong cluster'],
    ['stop the abort of yesterday was wrong', 'stop', '', 'the abort of yesterday was wrong'],
    ['stop load -- see the ticket', 'stop', '', 'load -- see the ticket'],
    // As Slack writes them in what it sends.
    ['stop a &amp; b &lt; c, &amp;lt; stays', 'stop', '', 'a & b < c, &lt; stays'],
    ['suspend "R&amp;D bot" &gt; why', 'suspend', 'R&D bot', '> why'],
    ['resume', 'resume', '', ''],
    ['resume looked at it', 'resume', '', 'looked at it'],
    ['status', 'status', '', ''],
    ['suspend ana', 'suspend', 'ana', ''],
    ['suspend @ana lost her laptop', 'suspend', 'ana', 'lost her laptop'],
    ['suspend "Ana Lee" lost her laptop', 'suspend', 'Ana Lee', 'lost her laptop'],
    ['reinstate “Ana Lee”', 'reinstate', 'Ana Lee', ''],
    ['reinstate <@U0000000002|ben> found it', 'reinstate', 'U0000000002', 'found it'],
  ];
  test.each(commands)('%j', (text, word, about, reason) => {
    expect(typed(text)).toMatchObject({ kind: 'command', word, about, reason, userId: 'U0000000001' });
  });

  test.each(['', 'help', 'stopp', 'status now', 'suspend'])('%j is answered with what can be said', (text) => {
    expect(typed(text)).toMatchObject({ kind: 'help', text: expect.stringContaining('stop [--abort]') });
  });

  test.each([
    'stop wrong cluster --abort',
    'stop wrong cluster —abort',
    'stop wrong –abort cluster',
    'stop wrong cluster -abort',
    'stop abort',
    'stop Abort: wrong cluster',
    'stop wrong cluster, abort!',
    'stop -- abort',
    'stop --abrot',
    'abort',
    'abort wrong cluster',
    'stop the runbook did not abort',
  ])('%j, which may mean an abort, is a stop, and marked as perhaps more', (text) => {
    expect(typed(text)).toMatchObject({ kind: 'command', word: 'stop', about: 'maybe_abort' });
  });

  test.each([
    ['stop - db is on fire', '- db is on fire'],
    ['stop – wrong host', '– wrong host'],
    ['stop: wrong host', 'wrong host'],
    ['STOP! now', 'now'],
    ['stop the abort of yesterday was wrong', 'the abort of yesterday was wrong'],
  ])('%j is said in a hurry, and is a stop', (text, reason) => {
    expect(typed(text)).toMatchObject({ kind: 'command', word: 'stop', about: '', reason });
  });

  test.each([
    ['a click', 'payload=%7B%7D'],
    ['both at once', `${commandBody('U0000000001', 'stop')}&payload=%7B%7D`],
    ['a field twice', `${commandBody('U0000000001', 'stop')}&text=resume`],
    ['nothing', ''],
    ['a person who is none', commandBody('somebody', 'stop')],
    ['a text of 4,000 characters', commandBody('U0000000001', `stop ${'x'.repeat(4000)}`)],
  ])('%s is no command', (_, body) => {
    expect(parseCommand(body)).toBeNull();
  });

  test(`never throws, seed ${seed}`, () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 300 }), (text) => {
        const parsed = typed(text);
        expect(parsed === null || parsed.kind === 'help' || text.trim().toLowerCase().startsWith(parsed.word)).toBe(
          true,
        );
        parseCommand(text);
      }),
      { seed, numRuns: share(20_000, 500) },
    );
  });
});

describe('answer addresses', () => {
  const slack = 'https://slack.com/api/';
  test.each([
    ['https://hooks.slack.com/commands/T1/2/abc', slack, true],
    ['https://hooks.slack-gov.com/commands/T1/2/abc', 'https://slack-gov.com/api/', true],
    ['http://127.0.0.1:8080/commands/abc', 'http://127.0.0.1:8080/api/', true],
    ['http://127.0.0.1:8081/commands/abc', 'http://127.0.0.1:8080/api/', false],
    ['http://hooks.slack.com/commands/T1/2/abc', slack, false],
    ['https://hooks.slack.com:8443/x', slack, false],
    ['https://hooks.slack.com@evil.example/x', slack, false],
    ['https://ana@hooks.slack.com/x', slack, false],
    ['https://slack.com/x', slack, false],
    ['https://169.254.169.254/latest/meta-data', slack, false],
    ['not an address', slack, false],
  ])('%s beside %s: %s', (url, api, isOne) => {
    expect(isResponseUrl(url, api)).toBe(isOne);
  });
});
