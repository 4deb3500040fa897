/** Secrets of many shapes disappear, their surroundings and harmless look-alikes stay. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { containsSecret, redact } from '../../core/redact.ts';
import { seed, share } from '../soak.ts';

// Put together from halves so that no scanner mistakes this file for a leak.
const s = 'S3cr3t-Value';
const secrets: readonly [string, string, string][] = [
  ['AWS key id', `key ${'AKIA'}IOSFODNN7EXAMPLE used`, 'key [redacted: AWS access key id] used'],
  ['temporary AWS key id', `id=${'ASIA'}IOSFODNN7EXAMPLE`, 'id=[redacted: AWS access key id]'],
  [
    'credentials file',
    `aws_secret_access_key = wJalrXUtn${'FEMI/K7MDENG'}`,
    'aws_secret_access_key = [redacted: secret]',
  ],
  ['JSON credentials', `{"SecretAccessKey": "${s}", "x": 1}`, '{"SecretAccessKey": [redacted: secret], "x": 1}'],
  ['session token in JSON', `{"SessionToken":"${s}"}`, '{"SessionToken":[redacted: secret]}'],
  ['environment dump', `DB_PASSWORD=${s}\nHOME=/root`, 'DB_PASSWORD=[redacted: secret]\nHOME=/root'],
  ['YAML', `password: ${s}`, 'password: [redacted: secret]'],
  ['quoted with blanks', `passphrase: 'correct horse battery'`, 'passphrase: [redacted: secret]'],
  ['unterminated', `{"token": "${s}`, '{"token": [redacted: secret]'],
  ['Ruby hash', `:password=>"${s}"`, ':password=>[redacted: secret]'],
  ['bcrypt hash', 'password=$2b$10$N9qo8uLOickgx2ZMRZoMye', 'password=[redacted: secret]'],
  ['flag', `mysql --password ${s} -h db`, 'mysql --password [redacted: secret] -h db'],
  ['flag with equals', `redis-cli --api-key=${s}`, 'redis-cli --api-key=[redacted: secret]'],
  ['URL', `postgres://app:${s}@db:5432/x`, 'postgres://app:[redacted: password]@db:5432/x'],
  ['header', `Authorization: Bearer ${s}.abc`, 'Authorization: Bearer [redacted: credentials]'],
  ['basic header', `-H 'Authorization: Basic dXNlcjpwYXNz' x`, "-H 'Authorization: Basic [redacted: credentials]' x"],
  ['bare bearer', `got bearer ${s}1234`, 'got bearer [redacted: bearer token]'],
  ['Slack bot token', `${'xox'}b-123456789012-abcdefghij`, '[redacted: Slack token]'],
  ['Slack app token', `${'xa'}pp-1-A111-222-abcdef`, '[redacted: Slack token]'],
  ['Slack webhook', `https://hooks.slack.com/${'services'}/T0/B0/xyz`, 'https://[redacted: Slack webhook]'],
  ['GitHub', `${'gh'}p_${'a1B2'.repeat(9)}`, '[redacted: GitHub token]'],
  ['Anthropic', `${'sk'}-ant-api03-${'aB3_'.repeat(8)}`, '[redacted: API key]'],
  ['JWT', `${'ey'}JhbGciOiJIUzI1NiJ9.${'ey'}JzdWIiOiIxMjM0NTYifQ.abc_DEF`, '[redacted: JSON web token]'],
  [
    'private key',
    `x\n-----BEGIN RSA ${'PRIVATE KEY'}-----\nMIIE\n-----END RSA ${'PRIVATE KEY'}-----\ny`,
    'x\n[redacted: private key]\ny',
  ],
  ['cut private key', `-----BEGIN ${'PRIVATE KEY'}-----\nMIIEvQIBADAN`, '[redacted: private key]'],
  ['task token', `token ${'AAAAKgAAAAIAAAAAAAAAAa9Zk+/'.repeat(20)}= end`, 'token [redacted: long token] end'],
];

describe('redact', () => {
  test.each(secrets)('%s', (_, text, shown) => {
    expect(redact(text)).toBe(shown);
    expect(redact(shown)).toBe(shown);
    expect(containsSecret(text)).toBe(true);
  });

  test.each([
    'Use% 94% /var/log',
    'sshd[311]: Failed password for root from 10.0.0.7 port 22',
    'max_tokens=5 tokens: 12',
    'password=$DB_PASSWORD',
    'mysql --password "$PW" -e "select 1"',
    'curl -H "Authorization: Bearer $TOKEN" localhost',
    'password={{ secret_name }}',
    'export API_KEY=$(cat /run/key)',
    'sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
    `/var/lib/docker/overlay2/${'9f86d081884c7d65'.repeat(4)}/merged/usr/share/zoneinfo/Etc/GMT+1/a/b/c/d/e/f/g.conf`,
    'https://console.aws.amazon.com/cloudwatch/home?region=eu-west-1#alarmsV2:alarm/disk',
    'find /var/log -name "*.gz" -mtime +7 -delete',
    'systemctl restart token-service',
    'password: ***** (masked)',
  ])('leaves %j alone', (text) => {
    expect(redact(text)).toBe(text);
    expect(containsSecret(text)).toBe(false);
  });

  test('long hostile texts take linear time', () => {
    for (const piece of [
      'password',
      '://a:',
      'A',
      '-----BEGIN PRIVATE KEY-----',
      'bearer ',
      'eyJ',
      'Aa1+',
      '"secret": "',
      ' --token ',
    ]) {
      const started = performance.now();
      redact(piece.repeat(200_000 / piece.length));
      expect(performance.now() - started, piece).toBeLessThan(2_000);
    }
  });

  test(`idempotent on anything, seed ${seed}`, () => {
    const pieces = fc.constantFrom(...secrets.map(([, text]) => text), ...'":\'=@ \n$({[', 'password', 'bearer', '://');
    fc.assert(
      fc.property(fc.array(fc.oneof(pieces, fc.string()), { maxLength: 8 }), (parts) => {
        const once = redact(parts.join(''));
        expect(redact(once)).toBe(once);
      }),
      { numRuns: share(20_000), seed },
    );
  });
});
