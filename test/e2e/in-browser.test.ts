/** An incident decided in a real browser on the deployed stack: chosen, typed, approved by somebody else, failed, tried again with another value, and waited for until it helped. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { verifyChain } from '../../core/audit/verify.ts';
import { isVerified } from '../../local/demo/result.ts';
import { type Laptop, startLaptop } from '../../local/laptop.ts';
import { webHost } from '../../local/virtual-host.ts';
import { launchBrowser } from '../support/browser.ts';
import { eventually } from './eventually.ts';
import { endOf, eventsOf, patienceMs, statusOf } from './stage.ts';

vi.setConfig({ testTimeout: patienceMs });

const runbook = `---
id: checkout
title: Bring checkout back
owner: tests
severity: low
match: { alarms: ['service-down-*'] }
parameters:
  note: { type: string, description: What the log is to say, pattern: '[a-z ]{1,40}', from: person }
targets:
  shop: { from: alarm }
---

# Bring checkout back

1. See how it stands

   \`\`\`bash on=shop
   systemctl is-active checkout || true
   \`\`\`

2. Bring it back

   The dashboard shows which of the two it is.

   - restart it

     \`\`\`bash on=shop
     systemctl restart checkout && echo {{ note }}
     \`\`\`
     \`\`\`bash verify wait=30s
     systemctl is-active checkout
     \`\`\`

   - only look

     \`\`\`bash on=shop
     systemctl status checkout
     \`\`\`
`;

let folder: string;
let laptop: Laptop;
let browser: Browser;
let page: Page;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'in-browser-'));
  writeFileSync(join(folder, 'checkout.md'), runbook);
  const options = { mode: 'live', approvalSeconds: 300, modelKey: null, runbookFolder: folder } as const;
  laptop = await startLaptop({ ...options, onProgress: () => {} });
  browser = await launchBrowser();
  page = await browser.newPage({ viewport: { width: 390, height: 844 } });
  page.setDefaultTimeout(60_000);
  await page.goto(laptop.slack.pageUrl);
}, patienceMs);
afterAll(async () => {
  await browser?.close();
  await laptop?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** The newest message that says all this and has this button. */
async function cardWith(button: string, ...words: string[]): Promise<Locator> {
  const found = words.reduce((some, word) => some.filter({ hasText: word }), page.locator('article'));
  const card = found.filter({ has: page.getByRole('button', { name: button, exact: true }) }).last();
  await card.waitFor();
  return card;
}

test('what one person chooses and types another approves; it fails, and with a changed value it helps', async () => {
  const id = await laptop.raiseAlarm('service-down');
  await page.getByLabel('Ana Oncall').check();
  const choice = await cardWith('Choose 1', 'Choose how', 'systemctl status checkout', 'echo {{ note }}');
  await choice.getByRole('button', { name: 'Choose 1' }).click();

  const open = await cardWith('Enter values', 'Type note', 'Bring it back: restart it', 'What the log is to say');
  await open.getByRole('button', { name: 'Enter values' }).click();
  const dialog = page.getByRole('dialog', { name: 'Enter values' });
  await dialog.getByRole('textbox').fill("x'; reboot; '");
  await dialog.getByRole('button', { name: 'Use these' }).click();
  await dialog.getByText('note must').waitFor();
  await dialog.getByRole('textbox').fill('typed by ana');
  await dialog.getByRole('button', { name: 'Use these' }).click();
  await dialog.waitFor({ state: 'hidden' });

  const asked = await cardWith('Approve', "echo 'typed by ana'", 'note was typed by ana');
  await page.getByLabel('Ben Oncall').check();
  const fault = { details: 'Failed', ran: false, exitCode: 5, stderr: 'the unit file is gone' };
  laptop.node.faults.host(webHost.instanceId, fault);
  await asked.getByRole('button', { name: 'Approve' }).click();

  const failed = await cardWith('Retry', 'Failed on web-1', 'the unit file is gone', 'No answer means Abort');
  expect(await failed.getByRole('button').allTextContents()).toEqual(
    expect.arrayContaining(['Continue', 'Retry', 'Skip', 'Abort']),
  );
  await failed.getByRole('button', { name: 'Retry' }).click();

  const second = await cardWith('Change values', "echo 'typed by ana'", '2.run.2.1');
  await page.getByLabel('Ana Oncall').check();
  await second.getByRole('button', { name: 'Change values' }).click();
  const changing = page.getByRole('dialog', { name: 'Change values' });
  await changing.getByRole('textbox').fill('second try');
  await changing.getByRole('button', { name: 'Ask with these' }).click();
  await changing.waitFor({ state: 'hidden' });

  const changed = await cardWith('Approve', "echo 'second try'");
  await page.getByLabel('Ben Oncall').check();
  await changed.getByRole('button', { name: 'Approve' }).click();

  const entries = await eventually(`the closing of ${id}`, () => endOf(laptop, id));
  expect(statusOf(entries)).toBe('resolved');
  expect(isVerified(verifyChain(id, await laptop.items(id), await laptop.facts(id)), entries)).toBe(true);
  const said = eventsOf(entries).flatMap((event) =>
    event.kind === 'vote_signed' ? [[event.by.name, event.word]] : [],
  );
  expect(said).toEqual([
    ['ana', 'choose'],
    ['ana', 'input'],
    ['ben', 'approve'],
    ['ben', 'retry'],
    ['ana', 'modify'],
    ['ben', 'approve'],
  ]);
  const sends = laptop.node.commands.filter(({ comment }) => comment.startsWith(`${id}.2.`));
  expect(sends.map(({ comment, script }) => [comment.slice(id.length + 1), script])).toEqual([
    ['2.run.1.1', "systemctl restart checkout && echo 'typed by ana'"],
    ['2.run.2.1', "systemctl restart checkout && echo 'second try'"],
    ['2.verify.2.1', 'systemctl is-active checkout'],
  ]);
  const closing = page.locator('article').filter({ hasText: 'Resolved' }).filter({ hasText: 'tried again by ben' });
  await closing.last().waitFor();
});
