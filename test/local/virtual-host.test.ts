/** The virtual host: what a person types there works, its state is one state, and every script ends. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { VirtualHost, webHost } from '../../local/virtual-host.ts';

let host: VirtualHost;
beforeAll(() => {
  host = new VirtualHost(webHost);
});
afterAll(() => host.stop());

const output = async (script: string) => {
  const { exitCode, stdout, stderr } = await host.run(script, 5);
  expect({ script, stderr, exitCode }).toEqual({ script, stderr: '', exitCode: 0 });
  return stdout.trim();
};

test('the disk fills up, every tool sees it, and removing the old logs frees it', async () => {
  expect(await host.metric('disk_used_percent')).toBeCloseTo(47, 0);
  await host.break('stale-logs');
  expect(await host.metric('disk_used_percent')).toBeCloseTo(95, 0);
  expect(await output('df -h /var/log/app')).toBe(
    'Filesystem     Size Used Avail Use% Mounted on\n/dev/nvme0n1p1  20G  19G  1.1G  95% /',
  );
  expect(await output('df --output=pcent / | tail -n 1 | tr -dc 0-9')).toBe('95');
  expect(await output("find /var/log/app -xdev -name '*.gz' -mtime +7 -print | wc -l")).toBe('12');
  expect(await output("find /var/log/app -name '*.gz' -mtime -7 -print | wc -l")).toBe('6');
  expect(await output('du -xsh /var/log/app | cut -f1')).toBe('11.7G');
  expect(await output('zcat /var/log/app/app.log-*.gz | head -n 1')).toMatch(/INFO checkout order=\d+ status=paid/);
  await output("find /var/log/app -name '*.gz' -mtime +7 -delete");
  expect(await output("df -P / | awk 'NR == 2 { print $5 }'")).toBe('47%');
  await output(': > /var/log/app/app.log');
  expect(await host.metric('disk_used_percent')).toBeCloseTo(45, 0);
});

test('the service fails, says why, and a restart brings it back', async () => {
  await host.break('service-killed');
  expect(await host.metric('service_active', { service: 'checkout' })).toBe(0);
  expect(await host.metric('service_active', { service: 'nginx' })).toBe(1);
  const status = await host.run('systemctl status checkout --no-pager', 5);
  expect(status.exitCode).toBe(3);
  expect(status.stdout).toMatch(
    /^× checkout\.service - Checkout API\n[\s\S]*Active: failed \(Result: oom-kill\)[\s\S]*Start request repeated/,
  );
  expect(await host.run('systemctl is-active checkout', 5)).toMatchObject({ exitCode: 3, stdout: 'failed\n' });
  expect((await host.run('curl -fsS http://localhost:8080/health', 5)).exitCode).toBe(7);
  expect(await output('journalctl -u checkout -p err --no-pager -n 1')).toMatch(
    /systemd\[1\]: checkout\.service: Start request/,
  );
  expect(await output('systemctl list-units --failed --no-legend --plain | cut -c3-18')).toBe('checkout.service');
  expect(await output('systemctl restart checkout.service && systemctl is-active checkout')).toBe('active');
  expect(await output("curl -s -o /dev/null -w '%{http_code}' http://127.0.0.1:8080/health")).toBe('200');
  expect(await output('systemctl show -p ActiveState --value checkout')).toBe('active');
  expect(await host.metric('service_active', { service: 'checkout' })).toBe(1);
  expect((await host.run('systemctl restart nope', 5)).stderr).toBe(
    'Failed to restart nope.service: Unit nope.service not found.\n',
  );
});

test.each([
  ['hostname', 'web-1'],
  ['nproc; id -u >/dev/null; uname -s', '2\nLinux'],
  ["trap 'echo bye' EXIT; set -euo pipefail; echo on", 'on'],
  ["free -m | awk '/^Mem/ { print $2 }'", '3815'],
  ['uptime -p', 'up 1 week, 5 days'],
  ['pgrep -a nginx', '902 /usr/sbin/nginx -g daemon on;'],
  [
    "ss -ltn | awk 'NR > 1 { print $4 }' | sort",
    '0.0.0.0:22\n0.0.0.0:443\n0.0.0.0:80\n0.0.0.0:8080\n127.0.0.1:5432\n127.0.0.1:6379',
  ],
  ['sudo -n systemctl is-active nginx', 'active'],
  ['journalctl --disk-usage', 'Archived and active journals take up 205M in the file system.'],
  ['f=$(mktemp) && echo x >"$f" && truncate -s 0 "$f" && wc -c <"$f"', '0'],
  ['timeout -k 1 5s echo in time', 'in time'],
])('%s', async (script, expected) => {
  expect(await output(script)).toBe(expected);
});

test('what it does not know is an error, never a silent success', async () => {
  for (const script of [
    'df --sync-everything',
    'systemctl mask checkout',
    'journalctl --follow',
    'curl https://example.com',
    'reboot',
  ]) {
    expect([script, (await host.run(script, 5)).exitCode]).toEqual([script, expect.not.stringMatching(/^0$/)]);
    expect((await host.run(script, 5)).exitCode).not.toBe(0);
  }
});

describe('every script ends', () => {
  test.each([
    'while :; do :; done',
    'sleep 60',
    'yes() { yes | yes; }; yes',
    'timeout 60 bash -c "while :; do :; done"',
  ])('%s', async (script) => {
    const begin = Date.now();
    const { exitCode, stdout } = await host.run(`echo before\n${script}`, 1);
    expect(exitCode).not.toBe(0);
    expect(Date.now() - begin).toBeLessThan(3_000);
    if (exitCode === 124) expect(stdout).toBe('before\n');
    expect(await output('echo alive')).toBe('alive');
  });

  test('also when cancelled, and the machine keeps its state', async () => {
    await output('echo kept >/root/note');
    const begin = Date.now();
    const { exitCode } = await host.run('echo before; sleep 20', 30, AbortSignal.timeout(200));
    expect(exitCode).not.toBe(0);
    expect(Date.now() - begin).toBeLessThan(2_000);
    expect(await output('cat /root/note')).toBe('kept');
  });

  test('also when it eats the memory: the machine starts anew', async () => {
    const { exitCode } = await host.run('x=0123456789; while :; do x=$x$x; done', 20);
    expect(exitCode).not.toBe(0);
    expect(await output('hostname')).toBe('web-1');
  });

  test('while this process goes on', async () => {
    let ticks = 0;
    const timer = setInterval(() => ticks++, 10);
    await host.run('while :; do :; done', 1);
    clearInterval(timer);
    expect(ticks).toBeGreaterThan(20);
  });
});
