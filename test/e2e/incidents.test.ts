/** The deployed system under enforced IAM, driven through its front doors: an incident for each scenario, several at a time. */
import { afterAll, beforeAll, describe, vi } from 'vitest';
import { doors } from './door.ts';
import { endings } from './endings.ts';
import { forged } from './forged.ts';
import { interference } from './interference.ts';
import { invariants } from './invariants.ts';
import { models } from './models.ts';
import { openStage, patienceMs, type Stage } from './stage.ts';
import { throttled } from './throttled.ts';
import { triggers } from './triggers.ts';

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
  doors(on);
  interference(on);
  forged(on);
  triggers(on);
  throttled(on);
});

describe('after all of it', () => invariants(on, { commands: 30, mutating: 3, incidents: 11 }));
