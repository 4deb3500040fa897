/** An incident whose change fails, decided in a real browser on the deployed stack: approve, retry, change a value, approve by somebody else. */
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

/** In a tier that asks what is to follow a failure. */
const runbook = `---
id: checkout
title: Bring checkout back
owner: tests
severity: low
match: { alarms: ['service-down-*'] }
parameters:
  note: { type: string, description: What the log is to say, pattern: '[a-z ]{1,40}', default: first try }
targets: { from: alarm, max: 1 }
---

# Bring checkout back

1. See how it stands

   \`\`\`bash
   systemctl is-active checkout || true
   \`\`\`

2. Restart it

   \`\`\`bash
   systemctl restart checkout && echo {{ note }}
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

/** The newest message that says this and has buttons that decide. */
async function cardSaying(...words: string[]): Promise<Locator> {
  const found = words.reduce((some, word) => some.filter({ hasText: word }), page.locator('article'));
  const card = found.filter({ has: page.getByRole('button', { name: /^(Approve|Retry)$/ }) }).last();
  await card.waitFor();
  return card;
}

async function as(name: string): Promise<void> {
  await page.getByLabel(name).check();
}

test('a change that fails is asked about with its error; retried with another value, and approved by somebody else, it helps', async () => {
  const id = await laptop.raiseAlarm('service-down');
  await as('Ana Oncall');
  const first = await cardSaying('Restart it', 'first try');
  const fault = { details: 'Failed', ran: false, exitCode: 5, stderr: 'the unit file is gone' };
  laptop.node.faults.host(webHost.instanceId, fault);
  await first.getByRole('button', { name: 'Approve' }).click();

  const failed = await cardSaying('Failed on web-1', 'the unit file is gone', 'No answer means Abort');
  expect(await failed.getByRole('button').allTextContents()).toEqual(
    expect.arrayContaining(['Continue', 'Retry', 'Skip', 'Abort']),
  );
  await failed.getByRole('button', { name: 'Retry' }).click();

  const second = await cardSaying('Restart it', 'first try', '2.run.2.1');
  await second.getByRole('button', { name: 'Change values' }).click();
  const dialog = page.getByRole('dialog', { name: 'Change values' });
  await dialog.getByRole('textbox').fill('second try');
  await dialog.getByRole('button', { name: 'Ask with these' }).click();
  await dialog.waitFor({ state: 'hidden' });

  const changed = await cardSaying('second try', 'Ana');
  await as('Ben Oncall');
  await changed.getByRole('button', { name: 'Approve' }).click();

  const entries = await eventually(`the closing of ${id}`, () => endOf(laptop, id));
  expect(statusOf(entries)).toBe('resolved');
  expect(isVerified(verifyChain(id, await laptop.items(id), await laptop.facts(id)), entries)).toBe(true);
  const said = eventsOf(entries).flatMap((event) =>
    event.kind === 'vote_signed' ? [[event.by.name, event.word]] : [],
  );
  expect(said).toEqual([
    ['ana', 'approve'],
    ['ana', 'retry'],
    ['ana', 'modify'],
    ['ben', 'approve'],
  ]);
  const sends = laptop.node.commands.filter(({ comment }) => comment.startsWith(`${id}.2.run`));
  expect(sends.map(({ comment, script }) => [comment.slice(id.length + 1), /'(\w+ try)'/.exec(script)?.[1]])).toEqual([
    ['2.run.1.1', 'first try'],
    ['2.run.2.1', 'second try'],
  ]);
  await page
    .locator('article')
    .filter({ hasText: 'Resolved' })
    .filter({ hasText: 'tried again by ana' })
    .last()
    .waitFor();
});
