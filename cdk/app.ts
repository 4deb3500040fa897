/** The app of this repository: functions are bundled from their sources. `cdk deploy` runs this file. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { cdkSettings, root } from '../package/assets.ts';
import { fromSources } from './bundle.ts';
import { buildStacks, type CountersignStacks } from './stacks.ts';

const folder = join(root, 'functions');

/** Builds the stacks into an app. @throws on a wrong setting, runbook or policy, with what is wrong and how to fix it. */
export function countersign(app: App, account?: string, region?: string): CountersignStacks {
  return buildStacks(app, { folder, write: fromSources(folder) }, account, region);
}

if (import.meta.main) {
  // Whatever folder it is run in: the demo synthesises in one of its own.
  const app = new App({ context: JSON.parse(readFileSync(cdkSettings, 'utf8')).context });
  countersign(app, process.env.CDK_DEFAULT_ACCOUNT, process.env.CDK_DEFAULT_REGION);
  app.synth();
}
