/** The deployed system under enforced IAM, where a scenario needs it for itself: who may do what, stops, tampering, a new deploy. */
import { afterAll, beforeAll, describe, vi } from 'vitest';
import { authority } from './authority.ts';
import { deploying } from './deploying.ts';
import { dryRun } from './dry-run.ts';
import { frontDoor } from './front-door.ts';
import { invariants } from './invariants.ts';
import { manyAtOnce } from './many-at-once.ts';
import { openStage, patienceMs, type Stage } from './stage.ts';
import { aborting, stopAndResume } from './stop-and-resume.ts';
import { stopping } from './stopping.ts';
import { tampering } from './tampering.ts';

vi.setConfig({ testTimeout: patienceMs });

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
}, patienceMs);
afterAll(() => stage?.close());
const on = () => stage;

describe('who may do what, under enforced IAM', () => authority(on));

describe('what the command line reads of it', () => frontDoor(on));

describe('deploying twice', () => deploying(on));

describe('many alarms at once', () => manyAtOnce(on));

describe('what stops everything', () => stopping(on));

describe('stop and resume, as people say it', () => stopAndResume(on));

describe('what must never change', () => tampering(on));

describe('aborting what is under way', () => aborting(on));

describe('the mode dry_run, deployed anew', () => dryRun(on));

describe('after all of it', () => invariants(on, { commands: 12, mutating: 1, incidents: 4 }));
