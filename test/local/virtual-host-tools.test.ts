/** The virtual host's tools beyond disk and services: they agree with each other, refuse as real ones do, and never succeed silently. */
import { X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createCertificate } from '../../local/host/x509.ts';
import { opsHost, VirtualHost, webHost, workerHost } from '../../local/virtual-host.ts';

let web: VirtualHost;
let worker: VirtualHost;
let ops: VirtualHost;
beforeAll(() => {
  [web, worker, ops] = [webHost, workerHost, opsHost].map((definition) => new VirtualHost(definition)) as [
    VirtualHost,
    VirtualHost,
    VirtualHost,
  ];
});
afterAll(() => Promise.all([web.stop(), worker.stop(), ops.stop()]));

const output = async (host: VirtualHost, script: string) => {
  const { exitCode, stdout, stderr } = await host.run(script, 5);
  expect({ script, stderr, exitCode }).toEqual({ script, stderr: '', exitCode: 0 });
  return stdout.trim();
};

test('a certificate that it makes is one that other tools can read', () => {
  const begin = Date.parse('2026-11-01T00:00:00Z');
  const issuer = { C: 'US', O: "Let's Encrypt", CN: 'E7' };
  const certificate = new X509Certificate(
    createCertificate({ domain: 'shop.example.com', issuer }, begin, begin + 90 * 86_400_000),
  );
  expect(certificate.checkHost('shop.example.com')).toBe('shop.example.com');
  expect(certificate.checkHost('other.example.com')).toBeUndefined();
  expect(certificate.verify(certificate.publicKey)).toBe(true);
  expect(certificate.validFrom).toBe('Nov  1 00:00:00 2026 GMT');
  expect(certificate.validTo).toBe('Jan 30 00:00:00 2027 GMT');
  expect(certificate.issuer).toBe("C=US\nO=Let's Encrypt\nCN=E7");
});

test('a renewed certificate is served only after a reload', async () => {
  await web.break('certificate-neglected');
  const served =
    'openssl s_client -connect 127.0.0.1:443 -servername shop.example.com </dev/null | openssl x509 -noout -serial';
  const before = await output(web, served);
  expect(
    await output(web, 'openssl x509 -noout -serial -in /etc/letsencrypt/live/shop.example.com/fullchain.pem'),
  ).toBe(before);
  expect((await web.run('certbot renew --cert-name shop.example.com', 5)).exitCode).toBe(0);
  expect(await output(web, served)).toBe(before);
  await output(web, 'systemctl reload nginx');
  expect(await output(web, served)).not.toBe(before);
  expect(await output(web, 'certbot renew')).toContain('not yet due for renewal');
});

test('memory and CPU agree, whoever is asked', async () => {
  await web.break('memory-leak');
  const percent = await output(
    web,
    'awk \'/^MemTotal/ { t = $2 } /^MemFree/ { f = $2 } /^Cached/ { c = $2 } /^Buffers/ { b = $2 } END { printf "%.1f", 100 * (t - f - c - b) / t }\' /proc/meminfo',
  );
  expect(Number(percent)).toBeCloseTo((await web.metric('mem_used_percent')) ?? 0, 0);
  expect(await output(web, 'ps -eo comm --sort=-rss --no-headers | head -n 1')).toBe('checkout');
  expect(await output(web, 'ps -C checkout -o rss --no-headers')).toBe(String(Math.round(2.6 * 2 ** 20)));
  await web.break('runaway-batch');
  expect(await output(web, "top -b -n 1 | awk 'NR == 8 { print $12, $9 }'")).toBe('report-builder 189.0');
  await output(web, 'systemctl set-property --runtime report-builder CPUQuota=10%');
  expect(await output(web, 'systemctl show -p CPUQuotaPerSecUSec --value report-builder')).toBe('100ms');
  expect(await web.metric('CPUUtilization')).toBeLessThan(20);
  await output(web, 'systemctl restart checkout');
  expect(await web.metric('mem_used_percent')).toBeCloseTo(30.8, 1);
});

test('sessions of the database and sockets of the host are the same', async () => {
  await web.break('connection-leak');
  const sessions = 'sudo -u postgres psql -X -At -d checkout -c "SELECT count(*) FROM pg_stat_activity"';
  expect(await output(web, sessions)).toBe('20');
  expect(await output(web, "ss -Htn state established '( dport = :5432 )' | wc -l")).toBe('20');
  await output(
    web,
    `sudo -u postgres psql -X -q -d checkout -c "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE state = 'active'"`,
  );
  expect(await output(web, sessions)).toBe('18');
});

describe('what real tools refuse', () => {
  test.each<[() => VirtualHost, string, number, RegExp]>([
    [() => web, 'psql -X -c "SELECT 1"', 2, /role "root" does not exist/],
    [() => web, 'sudo -u postgres psql -X -d nope -c "SELECT 1"', 2, /database "nope" does not exist/],
    [() => web, 'sudo -u postgres psql -X -d checkout -c "DROP TABLE orders"', 1, /ERROR/],
    [() => web, 'openssl x509 -noout -enddate -in /nope.pem', 1, /Could not open file/],
    [
      () => web,
      'openssl x509 -noout -checkend 99999999 -in /etc/letsencrypt/live/shop.example.com/fullchain.pem',
      1,
      /^$/,
    ],
    [() => web, 'certbot delete', 1, /only certificates and renew/],
    [() => web, 'redis-cli -p 6380 PING', 1, /Could not connect to Redis at 127\.0\.0\.1:6380: Connection refused/],
    [() => web, 'systemctl set-property checkout MemoryMax=1G', 1, /MemoryMax/],
    [() => web, 'kubectl get pods', 127, /kubectl/],
    [() => web, 'top', 1, /tty/],
    [() => worker, 'aws sqs get-queue-url --queue-name nope', 254, /NonExistentQueue.*GetQueueUrl/],
    [() => worker, 'aws sqs purge-queue', 252, /required: --queue-url/],
    [() => worker, 'aws sqs delete-queue --queue-url x', 252, /Invalid choice/],
    [() => ops, 'aws ecs describe-services --cluster nope --services checkout', 254, /ClusterNotFoundException/],
    [
      () => ops,
      'aws ecs list-tasks --cluster prod --service-name checkout --filter x',
      252,
      /Unknown options: --filter/,
    ],
    [() => ops, 'aws secretsmanager get-secret-value --secret-id checkout/database', 252, /Invalid choice/],
    [() => ops, 'kubectl drain ip-10-0-3-21.ec2.internal', 1, /use --ignore-daemonsets/],
    [() => ops, 'kubectl drain ip-10-0-3-21.ec2.internal --ignore-daemonsets', 1, /use --delete-emptydir-data/],
    [() => ops, 'kubectl cordon nope', 1, /nodes "nope" not found/],
    [() => ops, 'kubectl -n shop logs deployment/checkout --previous', 1, /previous terminated container/],
    [() => ops, 'kubectl delete pod x', 1, /unknown command "delete"/],
  ])('%s %s', async (host, script, exitCode, stderr) => {
    const result = await host().run(script, 5);
    expect({ script, exitCode: result.exitCode, stderr: result.stderr }).toEqual({
      script,
      exitCode,
      stderr: expect.stringMatching(stderr),
    });
  });
});

test('aws prints what a query asks for, as text and as JSON', async () => {
  const services = 'aws ecs describe-services --cluster prod --services checkout';
  expect(await output(ops, `${services} --query 'services[].[desiredCount,runningCount]' --output text`)).toBe('3\t3');
  expect(await output(ops, `${services} --query 'services[0].{b: status, a: launchType}' --output text`)).toBe(
    'EC2\tACTIVE',
  );
  expect(await output(ops, `${services} --query 'services[0].nothing' --output text`)).toBe('None');
  expect(JSON.parse(await output(ops, `${services} --query 'failures'`))).toEqual([]);
});

test('a drained node is empty but for its daemons, and a node that is given back takes pods again', async () => {
  const node = 'ip-10-0-3-21.ec2.internal';
  const pods = `kubectl get pods -A --field-selector spec.nodeName=${node} | awk 'NR > 1 { print $2 }' | cut -d- -f1,2`;
  const total = "kubectl get pods -A | awk 'END { print NR }'";
  const before = await output(ops, total);
  expect(
    (await ops.run(`kubectl drain ${node} --ignore-daemonsets --delete-emptydir-data --dry-run=server`, 5)).exitCode,
  ).toBe(0);
  expect((await output(ops, pods)).split('\n').length).toBeGreaterThan(2);
  await ops.run(`kubectl drain ${node} --ignore-daemonsets --delete-emptydir-data`, 5);
  expect(await output(ops, pods)).toBe('aws-node\nkube-proxy');
  expect(await output(ops, total)).toBe(before);
  expect(await output(ops, `kubectl get node ${node} -o jsonpath='{.spec.unschedulable}'`)).toBe('true');
  await output(ops, `kubectl uncordon ${node}`);
  expect(await output(ops, `kubectl get node ${node} -o jsonpath='{.spec.unschedulable}'`)).toBe('');
});

test('a fault on a host that has no such thing is an error', async () => {
  await expect(web.break('consumer-hangs')).rejects.toThrow('web-1 has no queue');
  await expect(ops.break('memory-leak')).rejects.toThrow('no unit checkout runs on ops-1');
});
