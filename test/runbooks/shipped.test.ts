/** The runbooks of this repository: their floors, their matching, and that they mend a broken host. */
import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadReparse } from '../../adapters/tree-sitter/reparse.ts';
import { candidates, decide } from '../../core/matching/match.ts';
import type { ClassifyTools } from '../../core/risk/classify.ts';
import { compileRunbooks, isRunbookFile } from '../../core/runbook/compile.ts';
import { resolveParameters } from '../../core/runbook/parameters.ts';
import { render } from '../../core/runbook/render.ts';
import { floorsOf, reviewProblems } from '../../core/runbook/review.ts';
import type { Runbook } from '../../core/runbook/runbook.ts';
import { VirtualHost, webHost } from '../../local/virtual-host.ts';
import { createAlarm } from '../core/runbook/example.ts';

const folder = new URL('../../runbooks/', import.meta.url);
const files = readdirSync(folder).filter(isRunbookFile);
const runbooks = compileRunbooks(
  files.map((file) => ({ file: `runbooks/${file}`, text: readFileSync(new URL(file, folder), 'utf8') })),
);

function runbookOf(id: string): Runbook {
  const found = runbooks.find((runbook) => runbook.id === id);
  if (!found) throw new Error(`no runbook ${id}`);
  return found;
}

const InstanceId = webHost.instanceId;
const diskAlarm = createAlarm({
  name: 'disk-full-web-1',
  namespace: 'CWAgent',
  metric: 'disk_used_percent',
  dimensions: { InstanceId, path: '/' },
});
const serviceAlarm = createAlarm({
  name: 'service-down-checkout',
  namespace: 'CWAgent',
  metric: 'service_active',
  dimensions: { InstanceId, service: 'checkout' },
});

let tools: ClassifyTools = {};
beforeAll(async () => {
  tools = { reparse: await loadReparse(new URL('../../node_modules/', import.meta.url)) };
});

test.each(runbooks.map((runbook) => [runbook.id, runbook] as const))('%s could run as it stands', (_id, runbook) => {
  expect(reviewProblems(runbook, floorsOf(runbook, tools))).toEqual([]);
});

test.each([
  ['disk-full', ['read_only', 'read_only', 'read_only', 'destructive']],
  ['service-down', ['read_only', 'read_only', 'modifying', 'read_only']],
])('%s reads without a flag, and asks exactly where it changes something', (id, levels) => {
  const floors = floorsOf(runbookOf(id), tools).filter(({ script }) => script === 'command');
  expect(floors.map(({ verdict }) => verdict.level)).toEqual(levels);
  expect(floors.flatMap(({ verdict }) => verdict.flags)).toEqual([]);
});

test.each([
  ['disk-full', diskAlarm],
  ['service-down', serviceAlarm],
  [
    'service-down',
    { ...serviceAlarm, metric: 'procstat_lookup_pid_count', dimensions: { InstanceId, exe: 'checkout' } },
  ],
])('%s is the route of its alarm', (id, alarm) => {
  expect(decide(candidates(runbooks, alarm), null)).toMatchObject({ runbookId: id, kind: 'route' });
});

describe('on a virtual host', () => {
  const host = new VirtualHost(webHost);
  afterAll(() => host.stop());

  async function run(runbook: Runbook, alarm: typeof diskAlarm): Promise<string[]> {
    const values = resolveParameters(runbook, alarm);
    const printed: string[] = [];
    for (const { command, dryRun, observe, verify, timeoutSeconds } of runbook.steps)
      for (const template of [dryRun, observe, command, observe, verify]) {
        if (!template) continue;
        const { exitCode, stdout, stderr } = await host.run(render(template.text, values), timeoutSeconds);
        expect([template.text, exitCode, stderr]).toEqual([template.text, 0, '']);
        printed.push(stdout);
      }
    return printed;
  }

  test('disk-full removes the stale logs and keeps the fresh ones', async () => {
    expect((await host.breakDisk()).diskUsedPercent).toBeGreaterThan(90);
    const [, , listed, planned, before, , after] = await run(runbookOf('disk-full'), diskAlarm);
    expect(listed).toBe(planned);
    expect(planned?.trim().split('\n')).toHaveLength(12);
    expect([before, after].map((text) => /(\d+)% \//.exec(text ?? '')?.[1])).toEqual(['95', '47']);
    expect((await host.measure()).diskUsedPercent).toBeLessThan(50);
  });

  test('service-down brings the service back', async () => {
    expect((await host.breakService()).services.checkout).toBe(0);
    const [status, journal, before, , after, verified] = await run(runbookOf('service-down'), serviceAlarm);
    expect(status).toContain('failed (Result: oom-kill)');
    expect(journal).toContain("Failed with result 'oom-kill'");
    expect([before, after, verified]).toEqual(['failed\n', 'active\n', 'active\n']);
    expect((await host.measure()).services.checkout).toBe(1);
  });
});
