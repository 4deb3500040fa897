/** The deployed system under enforced IAM, driven through its front doors: one laptop for all scenarios, an incident for each. */
import { afterAll, beforeAll, describe, vi } from 'vitest';
import { authority } from './authority.ts';
import { deploying } from './deploying.ts';
import { dryRun } from './dry-run.ts';
import { endings } from './endings.ts';
import { forged } from './forged.ts';
import { interference } from './interference.ts';
import { invariants } from './invariants.ts';
import { manyAtOnce } from './many-at-once.ts';
import { models } from './models.ts';
import { openStage, type Stage } from './stage.ts';
import { stopping } from './stopping.ts';
import { tampering } from './tampering.ts';
import { throttled } from './throttled.ts';
import { triggers } from './triggers.ts';

/** The longest a scenario may take, in milliseconds: time-outs are for what hangs, not for what is slow today. */
const patienceMs = 240_000;
/** Scenarios at the same time: each mostly waits, but more of them start more Lambda processes than two cores carry. */
const atOnce = 5;

vi.setConfig({ testTimeout: patienceMs, maxConcurrency: atOnce });

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
}, patienceMs);
afterAll(() => stage?.close());
const on = () => stage;

describe.concurrent('one incident each', () => {
  models(on);
  endings(on);
  interference(on);
  forged(on);
  triggers(on);
  throttled(on);
});

describe('who may do what, under enforced IAM', () => authority(on));

describe('deploying twice', () => deploying(on));

describe('many alarms at once', () => manyAtOnce(on));

describe('what stops everything', () => stopping(on));

describe('what must never change', () => tampering(on));

describe('the mode dry_run, deployed anew', () => dryRun(on));

describe('after all of it', () => invariants(on));
