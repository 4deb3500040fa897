/** The `countersign` command: what a platform engineer, an auditor or a pull request asks of Countersign. */
import { Command } from 'commander';
import { release } from '../core/release.ts';
import { visible } from '../core/visible.ts';
import { registerApprovals } from './approvals.ts';
import { registerAudit } from './audit.ts';
import { registerClassify } from './classify.ts';
import { registerDoctor } from './doctor.ts';
import { registerImport } from './import.ts';
import { registerInit } from './init.ts';
import { registerMatch } from './match.ts';
import { registerPlan } from './plan.ts';
import { registerRedact } from './redact.ts';
import { registerReplay } from './replay.ts';
import { registerReport } from './report.ts';
import { registerSwitch } from './switch.ts';
import { registerTheatre } from './theatre.ts';
import { registerValidate } from './validate.ts';

const program = new Command('countersign')
  .description('reviewed runbooks, signed line by line')
  .version(release, '--version', 'print the release')
  .showHelpAfterError();
registerInit(program);
registerValidate(program);
registerPlan(program);
registerClassify(program);
registerApprovals(program);
registerAudit(program);
registerReplay(program);
registerReport(program);
registerTheatre(program);
registerImport(program);
registerRedact(program);
registerMatch(program);
registerDoctor(program);
registerSwitch(program);

try {
  await program.parseAsync();
} catch (error) {
  console.error(visible(`countersign: ${error instanceof Error ? error.message : String(error)}`));
  // A command that sets a code before it fails means it.
  process.exitCode ||= 1;
}
