/** Deploying twice, and what sweep says every hour of what the deploy made. */
import {
  DeleteResourcePolicyCommand,
  GetResourcePolicyCommand,
  PutResourcePolicyCommand,
} from '@aws-sdk/client-dynamodb';
import { GetFunctionConcurrencyCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { expect, test } from 'vitest';
import { account, credentials, region } from '../../local/emulator.ts';
import type { Stage } from './stage.ts';

/** What the one-minute rule sends at the minute of the hourly look. */
const atTheHour = { 'detail-type': 'Scheduled Event', source: 'aws.events', time: '2026-11-28T03:07:00Z' };
const ResourceArn = `arn:aws:dynamodb:${region}:${account}:table/countersign-work`;

export function deploying(on: () => Stage): void {
  test('a second deploy of the same changes nothing', async () => {
    const said = await on().laptop.deployAgain();
    expect(said).toMatch(/countersign-data \(no changes\)/);
    expect(said).toMatch(/countersign-response \(no changes\)/);
  });

  test('the deployed safeguards satisfy the hourly look; without a policy it pages, with how to mend it', async () => {
    const { laptop, pages } = on();
    const { Policy } = await laptop.database.send(new GetResourcePolicyCommand({ ResourceArn }));
    await laptop.invoke('countersign-sweep', atTheHour);
    await laptop.database.send(new DeleteResourcePolicyCommand({ ResourceArn }));
    await laptop.invoke('countersign-sweep', atTheHour);
    const page = await pages.about('countersign-work has no policy of its own', 'missing');
    // The only one: everything else is as it must be.
    expect(page.split('\n')[0]).toBe('Countersign: a safeguard is missing');
    expect(page).toContain('npm run deploy -- --revert-drift');
    await laptop.database.send(new PutResourcePolicyCommand({ ResourceArn, Policy }));
  });

  test('a flood at the public URL has a share of its own to fill', async () => {
    const lambda = new LambdaClient({ endpoint: on().laptop.emulator.endpoint, region, credentials });
    const shareOf = async (name: string) =>
      (await lambda.send(new GetFunctionConcurrencyCommand({ FunctionName: `countersign-${name}` })))
        .ReservedConcurrentExecutions;
    expect([await shareOf('slack'), await shareOf('execute'), await shareOf('gate')]).toEqual([20, 50, undefined]);
  });
}
