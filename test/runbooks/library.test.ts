/** Every runbook of the library: it answers its alarms, says its risk truly, and mends the host that its incident broke. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadReparse } from '../../adapters/tree-sitter/reparse.ts';
import { candidates, decide } from '../../core/matching/match.ts';
import type { ClassifyTools } from '../../core/risk/classify.ts';
import { resolveParameters } from '../../core/runbook/parameters.ts';
import { render } from '../../core/runbook/render.ts';
import { floorsOf, reviewProblems } from '../../core/runbook/review.ts';
import type { ScriptTemplate, TargetSelector } from '../../core/runbook/runbook.ts';
import { selectTargets } from '../../core/runbook/targets.ts';
import { incidentFor, incidents } from '../../local/incidents.ts';
import { VirtualHost } from '../../local/virtual-host.ts';
import { createAlarm } from '../core/runbook/example.ts';
import { evidence, partsOf, restoredState } from './evidence.ts';
import { alarmOf, hosts, library, rings } from './library.ts';

let tools: ClassifyTools = {};
beforeAll(async () => {
  tools = { reparse: await loadReparse(new URL('../../node_modules/', import.meta.url)) };
});

test('every runbook has an incident, and every incident a runbook', () => {
  expect(Object.keys(incidents).sort()).toEqual(library.map(({ id }) => id).sort());
});

/** Alarms that share a namespace, a metric or words with the library's, and that none of its runbooks should answer. */
test.each([
  ['web-cpu-low', 'AWS/EC2', 'CPUUtilization', { AutoScalingGroupName: 'web' }],
  ['orders-db-cpu', 'AWS/RDS', 'CPUUtilization', { DBInstanceIdentifier: 'orders' }],
  ['orders-db-free-storage', 'AWS/RDS', 'FreeStorageSpace', { DBInstanceIdentifier: 'orders' }],
  ['web-1-status-check', 'AWS/EC2', 'StatusCheckFailed_System', { InstanceId: 'i-0d15c0ffee0000001' }],
  ['orders-scale-in', 'AWS/SQS', 'ApproximateNumberOfMessagesVisible', { QueueName: 'orders' }],
  ['eks-cluster-failed-nodes', 'ContainerInsights', 'cluster_failed_node_count', { ClusterName: 'prod-eu' }],
  ['checkout-5xx', 'AWS/ApplicationELB', 'HTTPCode_Target_5XX_Count', { LoadBalancer: 'app/web/1' }],
])('%s is no route of any runbook', (name, namespace, metric, dimensions) => {
  const found = candidates(library, createAlarm({ name, namespace, metric, dimensions: { ...dimensions } }));
  expect(found.filter(({ kind }) => kind === 'route')).toEqual([]);
});

describe.each(library.map((runbook) => [runbook.id, runbook] as const))('%s', (id, runbook) => {
  const { host: hostName, fault, alarm: ringing, also } = incidentFor(id);
  const alarm = alarmOf(ringing);
  const values = resolveParameters(runbook, alarm);
  const definition = hosts.find(({ name }) => name === hostName);
  if (!definition) throw new Error(`no host ${hostName}`);
  const running: VirtualHost[] = [];
  afterAll(() => Promise.all(running.map((host) => host.stop())));

  async function broken(): Promise<VirtualHost> {
    const host = new VirtualHost(definition as NonNullable<typeof definition>);
    running.push(host);
    await host.break(fault);
    return host;
  }

  async function run(host: VirtualHost, template: ScriptTemplate, seconds: number): Promise<string> {
    const script = render(template.text, values);
    const { exitCode, stdout, stderr } = await host.run(script, seconds);
    expect({ script, exitCode, stderr }).toEqual({ script, exitCode: 0, stderr: expect.any(String) });
    return stdout;
  }

  test('could run as it stands, and says the risk that the floor says', () => {
    const floors = floorsOf(runbook, tools);
    expect(reviewProblems(runbook, floors)).toEqual([]);
    for (const { step, verdict } of floors.filter(({ script }) => script === 'command')) {
      const declared = runbook.steps[step - 1]?.declaredRisk ?? 'read_only';
      expect({ step, risk: declared }).toEqual({ step, risk: verdict.level });
      if (verdict.level === 'read_only') expect({ step, flags: verdict.flags }).toEqual({ step, flags: [] });
    }
  });

  test('uses every parameter that it declares', () => {
    const scripts = runbook.steps.flatMap((step) => [...partsOf(step).map(({ template }) => template.text)]).join('\n');
    for (const { name } of runbook.parameters) expect(scripts).toContain(`{{ ${name} }}`);
  });

  test('can be looked at before it changes anything, and checked afterwards', () => {
    for (const step of runbook.steps.filter(({ declaredRisk }) => (declaredRisk ?? 'read_only') !== 'read_only')) {
      expect(step).toMatchObject({ observe: expect.anything(), verify: expect.anything() });
      if (step.declaredRisk === 'destructive') expect(step.dryRun).toBeTruthy();
    }
  });

  test.each([ringing, ...also].map((fixture) => [fixture.AlarmName, fixture] as const))(
    'is the route of %s, with values and a target',
    (_name, fixture) => {
      const asked = alarmOf(fixture);
      expect(decide(candidates(library, asked), null)).toMatchObject({ runbookId: id, kind: 'route' });
      expect(Object.keys(resolveParameters(runbook, asked)).sort()).toEqual(
        runbook.parameters.map(({ name }) => name).sort(),
      );
      const instances = hosts.map(({ instanceId, tags }) => ({ id: instanceId, tags, online: true }));
      expect(selectTargets(runbook.targets.all as TargetSelector, asked, instances)).toEqual([definition.instanceId]);
    },
  );

  test('mends what its incident broke', async () => {
    const dimensions = Object.fromEntries(ringing.Dimensions.map(({ Name, Value }) => [Name, Value]));
    const measured = async (host: VirtualHost) => (await host.metric(ringing.MetricName, dimensions)) ?? Number.NaN;
    const host = await broken();
    expect(rings(ringing, await measured(host))).toBe(true);
    const shown: Record<string, string> = {};
    for (const step of runbook.steps)
      for (const { part, template } of partsOf(step))
        shown[`${step.number} ${part}`] = await run(host, template, step.timeoutSeconds);
    const wanted = Object.entries(evidence[id] ?? {});
    expect(wanted.length).toBeGreaterThan(0);
    for (const [part, says] of wanted)
      expect({ part, says: shown[part] }).toEqual({ part, says: expect.stringMatching(says) });
    await expect.poll(async () => rings(ringing, await measured(host)), { timeout: 10_000 }).toBe(false);
  });

  for (const { command, rollback, verify, number, timeoutSeconds } of runbook.steps) {
    if (!command || !rollback) continue;
    test(`takes step ${number} back`, async () => {
      const host = await broken();
      const look = async () => (await host.run(restoredState[id] ?? 'exit 1', 5)).stdout;
      for (const before of runbook.steps.filter((other) => other.number < number - 1))
        if (before.command) await run(host, before.command, before.timeoutSeconds);
      const first = await look();
      await run(host, command, timeoutSeconds);
      if (verify) await run(host, verify, timeoutSeconds);
      expect(await look()).not.toBe(first);
      await run(host, rollback, timeoutSeconds);
      expect(await look()).toBe(first);
      expect(first).not.toBe('');
    });
  }
});
