/** Synthesises a team's own runbooks and policy with this release's stacks and functions; what is wrong is one sentence, without a stack trace. */
import { readFileSync } from 'node:fs';
import { App } from 'aws-cdk-lib';
import { buildStacks } from '../cdk/stacks.ts';
import { visible } from '../core/visible.ts';
import { cdkSettings } from './assets.ts';
import { prebuilt } from './prebuilt.ts';
import { checkTeamFolder } from './team-folder.ts';

/** In the folder of cdk.json, where CDK runs it. */
export function runApp(): void {
  try {
    checkTeamFolder(process.cwd());
    // This release's feature flags, so that an upgrade needs no change of the team's cdk.json; what that says counts more.
    const app = new App({ context: JSON.parse(readFileSync(cdkSettings, 'utf8')).context });
    buildStacks(app, prebuilt(), process.env.CDK_DEFAULT_ACCOUNT, process.env.CDK_DEFAULT_REGION);
    app.synth();
  } catch (error) {
    console.error(visible(`countersign: ${error instanceof Error ? error.message : String(error)}`));
    process.exitCode = 1;
  }
}
