/** The organisation's own list: it may lower what nobody here knows, and only raise everything else. */
import { describe, expect, test } from 'vitest';
import { classify } from '../../../core/risk/classify.ts';
import { OrganisationRule } from '../../../core/risk/organisation-rule.ts';
import { riskTools } from '../../support/fixtures.ts';

type Words = Partial<Omit<OrganisationRule, 'match'>> & {
  readonly match: { command: string; arguments?: string[]; more?: boolean };
};

/** The level of a script under one rule. */
function judged(script: string, words: Words) {
  const rule = OrganisationRule.parse({ owner: 'platform', reason: 'we wrote it', ...words });
  return classify(script, { ...riskTools, commands: [rule] });
}
const levelOf = (script: string, words: Words) => judged(script, words).level;

describe('a level', () => {
  const status: Words = { match: { command: 'deployctl', arguments: ['status', '*'] }, level: 'read_only' };

  test('is that of a command that nobody here knows, and the verdict says so', () => {
    const verdict = judged('deployctl status web', status);
    expect(verdict).toMatchObject({ level: 'read_only', known: false });
    expect(verdict.reasons).toContainEqual(
      expect.objectContaining({ rule: 'organisation.level', text: 'deployctl: we wrote it (platform)' }),
    );
  });

  test.each([
    ['another shape', 'deployctl delete web'],
    ['fewer words', 'deployctl status'],
    ['more words', 'deployctl status web --force'],
    ['an open word', 'deployctl status $x'],
    ['an open word in quotes', 'deployctl status "$x"'],
    ['another command', 'deployctl2 status web'],
    ['a file of that name in a folder that anybody may write', '/tmp/deployctl status web'],
    ['a file of that name here', './deployctl status web'],
    ['a function of that name that does something', 'deployctl() { rm -rf /srv; }; deployctl status web'],
    ['another command beside it', 'deployctl status web; rm -rf /srv'],
    ['a redirection', 'deployctl status web > /etc/motd'],
    ['an environment that loads a library', 'LD_PRELOAD=/tmp/x.so deployctl status web'],
  ])('does not lower %s', (_, script) => {
    expect(['destructive', 'forbidden']).toContain(levelOf(script, status));
  });

  test.each([
    ['rm -rf /srv/data', 'rm', 'destructive'],
    ['systemctl restart web', 'systemctl', 'modifying'],
  ])('lowers no command with an entry: %s', (script, command, level) => {
    expect(levelOf(script, { match: { command, more: true }, level: 'read_only' })).toBe(level);
  });

  test('raises a command with an entry', () => {
    expect(levelOf('df -h', { match: { command: 'df', more: true }, level: 'destructive' })).toBe('destructive');
  });

  test('does not hide a flag', () => {
    const cat: Words = { match: { command: 'cat', more: true }, level: 'read_only' };
    expect(judged('cat /etc/shadow', cat).flags).toEqual(['sensitive_read']);
  });

  test('and a digest pin a local script: the policy says what it does, the step that it is the one', () => {
    const report: Words = { match: { command: 'queue-report' }, level: 'read_only' };
    const digest = 'a'.repeat(64);
    const pinned = `echo '${digest}  /usr/local/bin/queue-report' | sha256sum --check --status && queue-report`;
    expect(judged(pinned, report)).toMatchObject({ level: 'read_only', flags: [] });
  });
});

describe('forbid and ask', () => {
  test('forbid wins over everything, behind wrappers too', () => {
    const forbid: Words = { match: { command: 'df', more: true }, forbid: true };
    for (const script of ['df -h', 'sudo df -h', 'timeout 5 df', 'x=1; df $x', "bash -c 'df -h'"])
      expect(levelOf(script, forbid), script).toBe('forbidden');
  });
  test('ask makes a read ask, with the reason', () => {
    expect(levelOf('df -h', { match: { command: 'df', more: true }, ask: true })).toBe('modifying');
    expect(levelOf('uptime', { match: { command: 'df', more: true }, ask: true })).toBe('read_only');
  });
});

test.each([
  ['a folder', { match: { command: '/opt/x' }, level: 'read_only' }],
  ['a pattern of two words', { match: { command: 'x', arguments: ['a b'] }, level: 'read_only' }],
  ['no word', { match: { command: 'x' } }],
  ['two words', { match: { command: 'x' }, level: 'read_only', forbid: true }],
  ['forbidden as a level', { match: { command: 'x' }, level: 'forbidden' }],
  ['no owner', { match: { command: 'x' }, level: 'read_only', owner: '' }],
  ['a reason with a hidden character', { match: { command: 'x' }, level: 'read_only', reason: 'a\u202eb' }],
  ['an unknown key', { match: { command: 'x', regex: '.*' }, level: 'read_only' }],
])('an entry with %s is refused', (_, words) => {
  expect(OrganisationRule.safeParse({ owner: 'platform', reason: 'r', ...words }).success).toBe(false);
});
