/** `countersign simulate` as a person types it, against the deployed system: an alarm that is there for drills, from ringing to the closing message. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  PutMetricAlarmCommand,
  SetAlarmStateCommand,
} from '@aws-sdk/client-cloudwatch';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { awsEnvironment, credentials, region } from '../../local/emulator.ts';
import { type Laptop, startLaptop } from '../../local/laptop.ts';
import { webHost } from '../../local/virtual-host.ts';
import { root } from '../docs/pages.ts';

const runbook = `---
id: drill-disk
title: Look at the disk
owner: platform
severity: low
match: { alarms: ['drill-*'] }
---

1. See how full it is

   \`\`\`bash
   df -h /
   \`\`\`

2. See what runs

   \`\`\`bash
   uptime
   \`\`\`
`;

// Deploys everything for itself: the other scenarios' runbooks change something.
describe.runIf(process.env.SOAK)('a drill', () => {
  let folder = '';
  let laptop: Laptop;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'simulate-test-'));
    writeFileSync(join(folder, 'drill-disk.md'), runbook);
    laptop = await startLaptop({
      mode: 'live',
      approvalSeconds: 60,
      modelKey: null,
      runbookFolder: folder,
      onProgress: () => {},
    });
  }, 240_000);
  afterAll(async () => {
    await laptop?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const cloudwatch = () => new CloudWatchClient({ endpoint: laptop.emulator.endpoint, region, credentials });

  async function put(name: string, tags: Readonly<Record<string, string>>): Promise<void> {
    const topic = [laptop.outputs.AlarmTopicArn ?? ''];
    await cloudwatch().send(
      new PutMetricAlarmCommand({
        AlarmName: name,
        AlarmDescription: 'There for drills: nothing publishes its metric',
        Namespace: 'Drills',
        MetricName: name,
        Dimensions: [{ Name: 'InstanceId', Value: webHost.instanceId }],
        Statistic: 'Maximum',
        ComparisonOperator: 'GreaterThanThreshold',
        Threshold: 1,
        Period: 60,
        EvaluationPeriods: 1,
        TreatMissingData: 'ignore',
        AlarmActions: topic,
        OKActions: topic,
        Tags: Object.entries({ countersign: 'on', ...tags }).map(([Key, Value]) => ({ Key, Value })),
      }),
    );
    await cloudwatch().send(
      new SetAlarmStateCommand({ AlarmName: name, StateValue: 'OK', StateReason: 'Nothing publishes its metric' }),
    );
  }

  async function state(name: string) {
    const { MetricAlarms } = await cloudwatch().send(new DescribeAlarmsCommand({ AlarmNames: [name] }));
    return MetricAlarms?.[0]?.StateValue;
  }

  function simulate(...words: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
    const { endpoint, folder: own } = laptop.emulator;
    const env = { ...awsEnvironment(endpoint, own), NO_COLOR: '1' };
    return new Promise((resolve) => {
      execFile(process.execPath, ['cli/main.ts', 'simulate', ...words], { cwd: root, env }, (error, stdout, stderr) =>
        resolve({ code: error ? Number(error.code) : 0, stdout, stderr }),
      );
    });
  }

  test('rings, is answered by commands that only read, is told as a drill, and leaves the alarm OK', async () => {
    await put('drill-disk', { 'countersign-drill': 'on' });
    const { code, stdout, stderr } = await simulate('drill-disk', '--timeout', '3m', '--json');
    expect(code, stderr).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      drill: true,
      alarm: 'drill-disk',
      // The alarm is let go while the last command runs; that may be over before.
      status: expect.stringMatching(/^(recovered|unverified)$/),
      runbook: 'drill-disk',
      commands: 2,
      succeeded: 2,
      told: true,
      passed: true,
    });
    expect(await state('drill-disk')).toBe('OK');
    expect(laptop.node.commands.map(({ script }) => /df -h|uptime/.test(script))).toEqual([true, true]);
    const messages = JSON.stringify(await laptop.slack.messages());
    expect(messages).toContain('Drill: ');
  }, 240_000);

  test('an alarm that is not there for it is left alone', async () => {
    await put('drill-not', {});
    const { code, stderr } = await simulate('drill-not');
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringMatching(/^countersign: simulate: the alarm drill-not is not there for drills: .*\n$/),
    });
    expect(await state('drill-not')).toBe('OK');
    expect((await simulate('nobody')).stderr).toBe(
      'countersign: there is no alarm nobody in this account and region\n',
    );
  }, 120_000);
});
