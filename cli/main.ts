/** The `countersign` command: what a platform engineer, an auditor or a pull request asks of Countersign. */
import { Command } from 'commander';
import { release } from '../core/release.ts';
import { visible } from '../core/visible.ts';
import { registerApprovals } from './approvals.ts';
import { registerAudit } from './audit.ts';
import { registerClassify } from './classify.ts';
import { registerCompletion } from './completion.ts';
import { registerDemo } from './demo.ts';
import { registerDestroy } from './destroy.ts';
import { registerDiff } from './diff.ts';
import { registerDoctor } from './doctor.ts';
import { registerDrift } from './drift.ts';
import { explain } from './help/explain.ts';
import { registerImport } from './import.ts';
import { registerIncidents, registerLogs } from './incidents.ts';
import { registerInit } from './init.ts';
import { registerMatch } from './match.ts';
import { registerMcp } from './mcp.ts';
import { registerPlan } from './plan.ts';
import { registerRedact } from './redact.ts';
import { registerReplay } from './replay.ts';
import { registerReport } from './report.ts';
import { registerRetry } from './retry.ts';
import { registerRun } from './run.ts';
import { registerSimulate } from './simulate.ts';
import { registerSwitch } from './switch.ts';
import { registerTheatre } from './theatre.ts';
import { registerValidate } from './validate.ts';

export const program = new Command('countersign')
  .description('reviewed runbooks, signed line by line')
  .version(release, '--version', 'print the release')
  .showHelpAfterError();
registerInit(program);
registerDemo(program);
registerValidate(program);
registerPlan(program);
registerClassify(program);
registerApprovals(program);
registerAudit(program);
registerReplay(program);
registerReport(program);
registerTheatre(program);
registerDrift(program);
registerImport(program);
registerRedact(program);
registerMatch(program);
registerDoctor(program);
registerSimulate(program);
registerSwitch(program);
registerRetry(program);
registerRun(program);
registerDiff(program);
registerMcp(program);
registerIncidents(program);
registerLogs(program);
registerDestroy(program);
await registerCompletion(program);
explain(program);

/** Does what the command line asks; a failure is one line, and exit 1 unless the command set another code. */
export async function run(): Promise<void> {
  try {
    await program.parseAsync();
  } catch (error) {
    console.error(visible(`countersign: ${error instanceof Error ? error.message : String(error)}`));
    process.exitCode ||= 1;
  }
}

if (import.meta.main) await run();
