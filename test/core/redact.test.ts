/** Secrets of many shapes disappear, their surroundings and harmless look-alikes stay. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { containsSecret, redact, redaction } from '../../core/redact.ts';
import { seed, share } from '../soak.ts';
import { hostilePieces } from './secrets/hostile.ts';

// Put together from halves so that no scanner mistakes this file for a leak.
const s = 'S3cr3t-Value';
const pem = 'MIIEvQIBADANBgkqhkiG9w0BAQEFAASC';
const secrets: readonly [string, string, string][] = [
  ['AWS key id', `key ${'AKIA'}IOSFODNN7EXAMPLE used`, 'key [redacted: AWS access key id] used'],
  ['temporary AWS key id', `id=${'ASIA'}IOSFODNN7EXAMPLE`, 'id=[redacted: AWS access key id]'],
  ['credentials file', `aws_secret_access_key = wJalrXUtn${'FEMI/K7MDENG'}`, 'aws_secret_access_key = [redacted: key]'],
  ['JSON credentials', `{"SecretAccessKey": "${s}", "x": 1}`, '{"SecretAccessKey": "[redacted: key]", "x": 1}'],
  ['session token in JSON', `{"SessionToken":"${s}"}`, '{"SessionToken":"[redacted: token]"}'],
  ['environment dump', `DB_PASSWORD=${s}\nHOME=/root`, 'DB_PASSWORD=[redacted: password]\nHOME=/root'],
  ['YAML', `password: ${s}`, 'password: [redacted: password]'],
  ['quoted with blanks', `passphrase: 'correct horse battery'`, "passphrase: '[redacted: password]'"],
  ['words', 'passphrase: correct horse battery', 'passphrase: [redacted: password]'],
  ['unterminated', `{"token": "${s}`, '{"token": "[redacted: token]'],
  ['Ruby hash', `:password=>"${s}"`, ':password=>"[redacted: password]"'],
  ['bcrypt hash', 'password=$2b$10$N9qo8uLOickgx2ZMRZoMye', 'password=[redacted: password hash]'],
  ['flag', `mysql --password ${s} -h db`, 'mysql --password [redacted: password] -h db'],
  ['flag with equals', `redis-cli --api-key=${s}`, 'redis-cli --api-key=[redacted: key]'],
  ['signs in it', 'DB_PASSWORD=x7,Q;z9&k|4 HOME=/root', 'DB_PASSWORD=[redacted: password] HOME=/root'],
  ['the next pair', `User=a;Password=${s};Encrypt=true`, 'User=a;Password=[redacted: password];Encrypt=true'],
  ['URL', `postgres://app:${s}@db:5432/x`, 'postgres://app:[redacted: password]@db:5432/x'],
  ['URL with @', 'amqp://app:p4@ss@mq:5672/v', 'amqp://app:[redacted: password]@mq:5672/v'],
  ['URL with /', 'redis://:a1/b+c=@cache:6379', 'redis://:[redacted: password]@cache:6379'],
  ['header', `Authorization: Bearer ${s}.abc`, 'Authorization: Bearer [redacted: credentials]'],
  ['basic header', `-H 'Authorization: Basic dXNlcjpwYXNz' x`, "-H 'Authorization: Basic [redacted: credentials]' x"],
  ['bare bearer', `got bearer ${s}1234`, 'got bearer [redacted: bearer token]'],
  ['Slack bot token', `${'xox'}b-123456789012-abcdefghij`, '[redacted: Slack token]'],
  ['Slack app token', `${'xa'}pp-1-A111-222-abcdef`, '[redacted: Slack token]'],
  [
    'Slack webhook',
    `https://hooks.slack.com/${'services'}/T0/B0/xYz12345678`,
    'https://hooks.slack.com/services/[redacted: webhook]',
  ],
  ['GitHub', `${'gh'}p_${'a1B2'.repeat(9)}`, '[redacted: GitHub token]'],
  ['GitHub, cut', `x ${'gh'}p_a1B2\ny`, 'x [redacted: GitHub token]\ny'],
  ['Anthropic', `${'sk'}-ant-api03-${'aB3_'.repeat(8)}`, '[redacted: Anthropic key]'],
  ['JWT', `${'ey'}JhbGciOiJIUzI1NiJ9.${'ey'}JzdWIiOiIxMjM0NTYifQ.abc_DEF`, '[redacted: JSON web token]'],
  ['curl', `curl -u app:${s} https://h`, 'curl -u app:[redacted: password] https://h'],
  ['mysql', 'mysql -uroot -phunter22 app', 'mysql -uroot -p[redacted: password] app'],
  [
    'argument list',
    '["-a", "b"], ["redis-server","--requirepass","x7Qz9k"]',
    '["-a", "b"], ["redis-server","--requirepass","[redacted: password]"]',
  ],
  ['percent signs', 'next=password%3Dx7Qz9k4w%26a%3D1', 'next=password%3D[redacted: password]%26a%3D1'],
  ['in JSON in JSON', '{\\"password\\":\\"x7Qz9k\\"}', '{\\"password\\":\\"[redacted: password]\\"}'],
  ['base64', `x ${Buffer.from('DB_PASSWORD=x7Qz9k4w').toString('base64')} y`, 'x [redacted: encoded password] y'],
  ['a table', 'user,password\nana,x7Qz9k4w\nbo,none', 'user,password\nana,[redacted: password]\nbo,none'],
  [
    'wrapped',
    `token=${'a1B2c3D4'.repeat(2)}\n${'e5F6g7H8'}\nnext line`,
    'token=[redacted: token]\n[redacted: token]\nnext line',
  ],
  [
    'shadow',
    'app:$6$abcdefgh$ABCDEFGHIJKLMNOP12:19000:0:99999:7:::',
    'app:[redacted: password hash]:19000:0:99999:7:::',
  ],
  [
    'private key',
    `x\n-----BEGIN RSA ${'PRIVATE KEY'}-----\n${pem}\n-----END RSA ${'PRIVATE KEY'}-----\ny`,
    'x\n[redacted: private key]\n[redacted: private key]\n[redacted: private key]\ny',
  ],
  [
    'cut private key',
    `-----BEGIN ${'PRIVATE KEY'}-----\n${pem}\nMIIEv`,
    '[redacted: private key]\n[redacted: private key]\n[redacted: private key]',
  ],
  [
    'private key without its beginning',
    `x\n${pem}\r\n-----END ${'PRIVATE KEY'}-----\r\ny`,
    'x\n[redacted: private key]\r\n[redacted: private key]\r\ny',
  ],
  [
    'private key and other lines',
    `-----BEGIN ${'PRIVATE KEY'}-----\n${pem}\nNov 28 app started`,
    '[redacted: private key]\n[redacted: private key]\nNov 28 app started',
  ],
  ['task token', `token ${'AAAAKgAAAAIAAAAAAAAAAa9Zk+/'.repeat(20)}= end`, 'token [redacted: long token] end'],
  ['a mark inside', `password=[redacted: x]hunter2x`, 'password=[redacted: x][redacted: password]'],
];

describe('redact', () => {
  test.each(secrets)('%s', (_, text, shown) => {
    expect(redact(text)).toBe(shown);
    expect(redact(shown)).toBe(shown);
    expect(containsSecret(text)).toBe(true);
    expect(containsSecret(shown)).toBe(false);
  });

  test.each([
    'Use% 94% /var/log',
    'sshd[311]: Failed password for root from 10.0.0.7 port 22',
    'max_tokens=5 tokens: 12',
    'password=$DB_PASSWORD',
    'DB_PASSWORD_FILE=/run/secrets/db',
    'PWD=/srv/app',
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
    'docker run -u 1000:1000 -p 8080:80 nginx',
    '[redacted: password]',
  ])('leaves %j alone', (text) => {
    expect(redact(text)).toBe(text);
    expect(containsSecret(text)).toBe(false);
  });

  test('a word that only looks random is hidden, and no reason to refuse a command', () => {
    const command = 'aws s3api delete-object --bucket b --key k --version-id 3HL4kqtJlcpXroDTDmpUMLU7';
    expect(redact(command)).toBe(command.replace(/\S+$/, '[redacted: random word]'));
    expect(containsSecret(command)).toBe(false);
    expect(containsSecret(`${command} --token x7Qz9k4w`)).toBe(true);
  });

  test('counts by kind, several lines of one secret once', () => {
    const text = `password=x7Qz9k\n-----BEGIN ${'PRIVATE KEY'}-----\n${pem}\n-----END ${'PRIVATE KEY'}-----\ntoken: ${'gh'}p_${'a1B2'.repeat(9)}\nDB_PASSWORD=x7Qz9k`;
    expect(redaction(text).found).toEqual({ password: 2, 'private key': 1, 'GitHub token': 1 });
    expect(redaction('df -h').found).toEqual({});
  });

  test('long hostile texts take linear time', () => {
    for (const piece of hostilePieces()) {
      const small = cost(piece, 16_000);
      const large = cost(piece, 64_000);
      // Four times the text: four times the work, and sixteen times where every start looks at all the rest.
      if (large > 400) expect(large / small, JSON.stringify(piece)).toBeLessThan(10);
    }
  });

  test('a line of millions of characters is looked at too', () => {
    const long = `${'A1b2C3d4+/'.repeat(300_000)}`;
    const shown = redact(`password=x7Qz9k4w ${long}\n${'0a'.repeat(1_500_000)}\nPGPASSWORD=x7Qz9k4w`);
    expect(shown).not.toContain('x7Qz9k4w');
    expect(shown.split('\n')).toHaveLength(3);
    expect(redact(`${'gh'}p_${'a1B2.'.repeat(600_000)}x`)).not.toContain('a1B2a1B2');
  });

  test(`idempotent, and line for line, on anything, seed ${seed}`, () => {
    const pieces = fc.constantFrom(...secrets.map(([, text]) => text), ...'":\'=@ \n$({[', 'password', 'bearer', '://');
    fc.assert(
      fc.property(fc.array(fc.oneof(pieces, fc.string()), { maxLength: 8 }), (parts) => {
        const text = parts.join('');
        const once = redact(text);
        expect(redact(once)).toBe(once);
        expect(once.split('\n')).toHaveLength(text.split('\n').length);
      }),
      { numRuns: share(20_000), seed },
    );
  });
});

/** Milliseconds of the processor. */
function cost(piece: string, length: number): number {
  const text = piece.repeat(Math.ceil(length / piece.length)).slice(0, length);
  const before = process.cpuUsage();
  redact(text);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
