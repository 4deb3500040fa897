/** The workspace page in a real browser: a person approves, and rejects with a reason; the app gets signed requests. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Slack, slackAdapter } from '../../../adapters/slack/slack.ts';
import { formatReference } from '../../../core/reference.ts';
import { shortCode } from '../../../core/short-code.ts';
import { approvalCard, decidedCard } from '../../../core/slack/card.ts';
import { displayedDigest } from '../../../core/slack/displayed.ts';
import type { RiskLevel } from '../../../core/words.ts';
import { type SlackWorkspace, startSlackWorkspace } from '../../../local/slack/workspace.ts';
import { ana, sampleCard, sampleChoice, sampleInput } from '../../core/slack/samples.ts';
import { launchBrowser } from '../../support/browser.ts';
import { botToken, type FakeApp, signingSecret, startFakeApp } from './app.ts';

describe('the workspace page', () => {
  let workspace: SlackWorkspace;
  let app: FakeApp;
  let slack: Slack;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    const people = [
      { name: 'ana', realName: 'Ana Oncall' },
      { name: 'bo', realName: 'Bo Backup' },
    ];
    workspace = await startSlackWorkspace({ people, channel: 'incidents', signingSecret, botToken });
    app = await startFakeApp(workspace.apiUrl);
    workspace.setInteractivityUrl(app.url);
    slack = slackAdapter({ token: botToken, apiUrl: workspace.apiUrl });
    browser = await launchBrowser();
    page = await browser.newPage({ viewport: { width: 390, height: 844 } });
    page.setDefaultTimeout(10_000);
    await page.goto(workspace.pageUrl);
  });
  afterAll(async () => {
    await browser?.close();
    await app?.stop();
    await workspace?.stop();
  });
  beforeEach(() => {
    app.acts.length = 0;
    app.answer = 200;
  });

  /** Posts a card and returns what finds it on the page. */
  async function post(level: RiskLevel = 'modifying'): Promise<{ channel: string; ts: string; selector: string }> {
    const card = sampleCard({ risk: { ...sampleCard().risk, level } });
    const place = await slack.post('incidents', approvalCard(card));
    return { ...place, selector: `article[data-ts="${place.ts}"]` };
  }

  test('a card appears by itself; Approve sends one signed click, and the decision replaces the buttons', async () => {
    await page.getByText('All quiet.').waitFor();
    const { channel, ts, selector } = await post();
    await page.locator(selector).getByRole('button', { name: 'Approve' }).click();
    await expect.poll(() => app.acts.length).toBe(1);
    expect(app.acts[0]).toMatchObject({
      kind: 'answer',
      word: 'approve',
      userId: expect.stringMatching(/^[UW]/),
      reference: formatReference(sampleCard().reference),
    });
    expect(app.refused).toEqual([]);
    await slack.update(
      channel,
      ts,
      decidedCard(sampleCard(), { status: 'APPROVED', by: [ana], at: 1_795_403_700, reason: null }),
    );
    await page.locator(selector).getByText('(edited)').waitFor();
    expect(await page.locator(selector).getByRole('button').allTextContents()).toEqual(['Take my approval back']);
  });

  test('Approve of something destructive asks for the code that stands on the card, and sends it', async () => {
    const { selector } = await post('destructive');
    const code = shortCode(sampleCard().reference.incidentId);
    await page.locator(selector).getByText(code).first().waitFor();
    await page.locator(selector).getByRole('button', { name: 'Approve' }).click();
    const dialog = page.getByRole('dialog', { name: 'Approve: destructive' });
    await dialog.getByRole('textbox').fill(code);
    await dialog.getByRole('button', { name: 'Approve' }).click();
    await dialog.waitFor({ state: 'hidden' });
    expect(app.acts).toMatchObject([
      { kind: 'opens', word: 'approve' },
      { kind: 'answer', word: 'approve', code },
    ]);
  });

  test('a button for each alternative sends its place, and says nothing of the others', async () => {
    const place = await slack.post('incidents', approvalCard(sampleChoice()));
    const selector = `article[data-ts="${place.ts}"]`;
    for (const text of ['1. nginx', "find '/var/log/nginx' -name '*.gz' -delete", 'destructive', 'The dashboard shows'])
      await page.locator(selector).getByText(text).first().waitFor();
    expect(await page.locator(selector).getByRole('button').allTextContents()).toEqual([
      'Choose 1',
      'Choose 2',
      'Choose 3',
      'Reject',
      'Skip',
      'I’m on it',
    ]);
    await page.locator(selector).getByRole('button', { name: 'Choose 2' }).click();
    await expect.poll(() => app.acts.length).toBe(1);
    expect(app.acts[0]).toMatchObject({ kind: 'answer', word: 'choose', choice: 2 });
    expect(app.acts[0]?.displayed).toBe(displayedDigest(approvalCard(sampleChoice()).blocks));
  });

  test('values are typed into a modal that says what each must be', async () => {
    app.asks = [{ name: 'pid', type: 'integer', description: 'The process', values: null, maximumLength: 15 }];
    const place = await slack.post('incidents', approvalCard(sampleInput()));
    const selector = `article[data-ts="${place.ts}"]`;
    await page.locator(selector).getByText('kill {{ pid }}').waitFor();
    await page.locator(selector).getByRole('button', { name: 'Enter values' }).click();
    const dialog = page.getByRole('dialog', { name: 'Enter values' });
    await dialog.getByText('approved by somebody else').waitFor();
    await dialog.getByLabel('pid').fill('4711');
    await dialog.getByRole('button', { name: 'Use these' }).click();
    await dialog.waitFor({ state: 'hidden' });
    expect(app.acts).toMatchObject([
      { kind: 'opens', word: 'input' },
      { kind: 'answer', word: 'input', parameters: { pid: '4711' } },
    ]);
  });

  test('Reject opens the modal for the person who clicked, and sends the reason', async () => {
    const { selector } = await post();
    const bo = workspace.users.find(({ name }) => name === 'bo')?.id;
    await page.getByLabel('Bo Backup').check();
    await page.locator(selector).getByRole('button', { name: 'Reject' }).click();
    const dialog = page.getByRole('dialog', { name: 'Reject this step' });
    await dialog.getByLabel('Why not?').fill('the node is being *replaced* & </gone>');
    await dialog.getByRole('button', { name: 'Reject' }).click();
    await dialog.waitFor({ state: 'hidden' });
    expect(app.acts.map((act) => [act.kind, act.kind === 'answer' ? act.reason : null, act.userId])).toEqual([
      ['opens', null, bo],
      ['answer', 'the node is being *replaced* & </gone>', bo],
    ]);
  });

  test('an empty reason is not sent, and Back closes the modal without a word', async () => {
    const { selector } = await post();
    await page.locator(selector).getByRole('button', { name: 'Reject' }).click();
    const dialog = page.getByRole('dialog', { name: 'Reject this step' });
    await dialog.getByRole('button', { name: 'Reject' }).click();
    expect(await dialog.isVisible()).toBe(true);
    await dialog.getByRole('button', { name: 'Back' }).click();
    await dialog.waitFor({ state: 'hidden' });
    await page.reload();
    expect(await page.getByRole('dialog').count()).toBe(0);
    expect(app.acts.map(({ kind }) => kind)).toEqual(['opens']);
  });

  test('what the app refuses is said beside the button', async () => {
    const { selector } = await post();
    app.answer = 500;
    await page.locator(selector).getByRole('button', { name: 'Approve' }).click();
    await page.locator(selector).getByText('The app answered 500: no').waitFor();
  });

  test.each(['light', 'dark'] as const)('%s: fits a phone and reads well', async (colorScheme) => {
    const { selector } = await post();
    await page.emulateMedia({ colorScheme });
    await page.locator(selector).waitFor();
    const look = await page.evaluate<{ color: string }>(`({
      theme: document.documentElement.dataset.theme,
      color: getComputedStyle(document.body).color,
      overflow: document.documentElement.scrollWidth - innerWidth,
    })`);
    expect(look).toMatchObject({ theme: colorScheme, overflow: 0 });
    expect(look.color).toBe(colorScheme === 'dark' ? 'rgb(228, 229, 230)' : 'rgb(29, 28, 29)');
    const button = await page.locator(selector).getByRole('button', { name: 'Approve' }).boundingBox();
    expect(button?.height).toBeGreaterThanOrEqual(44);
  });

  test.each([390, 1280])('at %i px the header covers nothing of the newest card', async (width) => {
    const people = ['Ana Oncall', 'Ben Oncall', 'Cyd Oncall', 'Dee Oncall', 'Eve Elsewhere', 'Flo Elsewhere'].map(
      (realName) => ({
        name: realName.slice(0, 3).toLowerCase(),
        realName,
      }),
    );
    const busy = await startSlackWorkspace({ people, channel: 'incidents', signingSecret, botToken });
    const busySlack = slackAdapter({ token: botToken, apiUrl: busy.apiUrl });
    for (const _ of [1, 2]) await busySlack.post('incidents', approvalCard(sampleCard()));
    const other = await browser.newPage({ viewport: { width, height: 420 } });
    await other.goto(busy.pageUrl);
    const header = await other.locator('header').boundingBox();
    const card = await other.locator('article').last().boundingBox();
    expect(card?.y).toBeGreaterThanOrEqual((header?.y ?? 0) + (header?.height ?? 0));
    expect(await other.evaluate('scrollY')).toBeGreaterThan(0);
    await other.close();
    await busy.stop();
  });

  test('the page says when the workspace is gone', async () => {
    const gone = await startSlackWorkspace({
      people: [{ name: 'ana', realName: 'Ana' }],
      channel: 'x',
      signingSecret,
      botToken,
    });
    const other = await browser.newPage();
    await other.goto(gone.pageUrl);
    await gone.stop();
    await other.getByText('not connected').waitFor();
    await other.close();
  });
});
