/** Steps and fences that are refused: each case with its line and its fix. */
import { describe, expect, test } from 'vitest';
import { good, messageOf } from './example.ts';

const fence = (info: string, body = 'true') => `   \`\`\`${info}\n   ${body}\n   \`\`\`\n`;
const look = fence('sh timeout=30s', "qctl list {{ queue }}\n   docker ps --format '{{.Names}}'");

describe('steps', () => {
  test.each<[string, string | RegExp, string, RegExp]>([
    [
      'none at all',
      /\n1\. Look[\s\S]*/,
      '\nNothing to do.\n',
      /^q.md:1:\d+: the file has no steps; write each as a numbered list item/,
    ],
    [
      'a command outside',
      '# Unstick',
      '```bash\ntrue\n```\n\n# Unstick',
      /^q.md:29:\d+: this code block stands outside the numbered steps, so it would never run; indent it directly under a numbered item/,
    ],
    [
      'a fence that is not indented',
      look,
      look.replace(/^ {3}/gm, ''),
      /^q.md:35:\d+: this code block stands outside the numbered steps/,
    ],
    [
      'a fence under a bullet',
      '- by phone',
      '- by phone\n\n     ```bash\n     true\n     ```\n   -',
      /^q.md:67:\d+: this code block is nested too deep under step 3/,
    ],
    [
      'a fence under a nested number',
      '- by phone',
      '1. by phone\n\n      ```bash\n      true\n      ```\n   2.',
      /this code block is nested too deep under step 3/,
    ],
    [
      'a quoted fence',
      '- by phone',
      '> ```bash\n   > true\n   > ```\n   -',
      /this code block is nested too deep under step 3/,
    ],
    [
      'an indented block',
      '- by phone',
      '    rm -rf /tmp/x\n\n   -',
      /^q.md:65:\d+: an indented block under step 3 is no fence/,
    ],
    [
      'a second command',
      fence('bash dry-run', 'qctl drop --dry-run {{ queue }}'),
      fence('bash'),
      /^q.md:46:\d+: step 2 has a second command fence \(the first is on line 43\); make it a step of its own, or mark it dry-run/,
    ],
    [
      'a second companion',
      fence('bash observe', 'qctl depth {{ queue }}'),
      fence('bash dry-run'),
      /^q.md:49:\d+: step 2 has a second dry-run fence \(the first is on line 46\); join them into one/,
    ],
    [
      'a companion without command',
      'sh timeout=30s',
      'sh dry-run',
      /^q.md:35:\d+: step 1 has a companion fence but no command; add a ```bash fence/,
    ],
    [
      'an unknown word',
      'sh timeout=30s',
      'sh sudo',
      /^q.md:35:\d+: unknown word "sudo" after the language; allowed: risk=/,
    ],
    ['an unknown setting', 'sh timeout=30s', 'sh retries=3', /^q.md:35:\d+: unknown word "retries=3"/],
    [
      'a setting twice',
      'sh timeout=30s',
      'sh timeout=30s timeout=40s',
      /^q.md:35:\d+: "timeout=40s" repeats timeout; keep one/,
    ],
    ['two companion words', 'bash dry-run', 'bash dry-run verify', /second companion word on one fence/],
    ['settings on a companion', 'bash dry-run', 'bash dry-run risk=read_only', /a companion fence takes no settings/],
    [
      'a forbidden risk',
      'risk=destructive',
      'risk=forbidden',
      /^q.md:43:\d+: risk=forbidden: must be read_only, modifying or destructive/,
    ],
    [
      'a long time-out',
      'timeout=30s',
      'timeout=61m',
      /^q.md:35:\d+: timeout=61m: must be a duration from 5s to 1h, such as 60s or 5m/,
    ],
    ['a time-out of nothing', 'timeout=30s', 'timeout=0s', /timeout=0s: must be a duration/],
    [
      'a time-out that the agent would take for an hour',
      'timeout=30s',
      'timeout=4s',
      /^q.md:35:\d+: timeout=4s: must be a duration from 5s to 1h.*; below 5s the agent of Systems Manager takes an hour instead/,
    ],
    ['a time-out without unit', 'timeout=30s', 'timeout=30', /timeout=30: must be a duration/],
    ['another when', 'when=always', 'when=never', /when=never: must be when=always/],
    [
      'another language',
      'sh timeout=30s',
      'python',
      /^q.md:35:\d+: the fence under step 1 has the language "python"; must be bash or sh, or text for what people only read/,
    ],
    ['no language', 'sh timeout=30s', '', /the fence under step 1 has the language ""/],
    ['an empty fence', look, '   ```sh\n   ```\n', /^q.md:35:\d+: the fence is empty/],
    [
      'a fence that never ends',
      /- by phone[\s\S]*/,
      '```bash\n   true\n',
      /^q.md:65:\d+: the fence under step 3 is never closed/,
    ],
    ['no title', '1. Look\n\n   ```sh', '1. ```sh', /^q.md:33:\d+: step 1 has no title; write what it does/],
    [
      'a long title',
      '1. Look',
      `1. ${'Look '.repeat(40)}`,
      /the title of step 1 has 199 characters; at most 150 fit a card/,
    ],
    [
      'a list that starts anew',
      '3. Tell the shop',
      'Then:\n\n1. Tell the shop',
      /^q.md:65:\d+: this list begins with 1, but its first item is step 3; number it so, or use bullets/,
    ],
    [
      'too many',
      '3. Tell the shop',
      Array.from({ length: 29 }, (_, n) => `${n + 3}. Wait`).join('\n'),
      /^q.md:91:\d+: the file has 31 steps; at most 30 are allowed; split the runbook/,
    ],
    [
      'a syntax error',
      'qctl list {{ queue }}',
      "echo 'oops",
      /^q.md:36:9: the shell cannot parse this script: unterminated single quote; correct it; check it with: bash -n/,
    ],
    [
      'a script too long for a card',
      'qctl list {{ queue }}',
      `echo ${'x'.repeat(2_800)}`,
      /^q.md:35:\d+: the script has 28\d\d characters; at most 2800 fit an approval card/,
    ],
    [
      'a bottomless list',
      '- by phone',
      '- '.repeat(1_600),
      /^q.md:65:\d+: the line has 3\d\d\d characters; at most 3000 are allowed; break it/,
    ],
    [
      'Windows line ends',
      /\n/g,
      '\r\n',
      /^q.md:1:\d+: the file has Windows line ends, which a shell would run; save it with LF/,
    ],
    ['a hidden character', 'qctl list', 'qctl\u202e list', /^q.md:36:\d+: the line hides U\+202E; remove it/],
    [
      'a byte order mark',
      '---\nid',
      '\ufeff---\nid',
      /^q.md:1:1: the file begins with a byte order mark: it hides U\+FEFF/,
    ],
  ])('%s', (_what, from, to, message) => {
    expect(messageOf(from, to)).toMatch(message);
  });

  test('all problems come at once, in the order of their lines', () => {
    const message = messageOf(/severity: high([\s\S]*)$/, `severity: urgent\nfoo: 1${good.split('severity: high')[1]}`);
    expect(message.split('\n').map((line) => line.split(':')[1])).toEqual(['5', '6']);
  });
});
