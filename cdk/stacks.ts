/** The three stacks, checked by cdk-nag, from what was reviewed and from functions that somebody built. */
import { type App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { Bundles, type WriteFunction } from './bundles.ts';
import { compile, reviewed } from './compile.ts';
import { DataStack } from './data-stack.ts';
import { applyDeployment } from './deployment.ts';
import { ResponseStack } from './response-stack.ts';
import { readSettings } from './settings.ts';
import { TargetStack } from './target-stack.ts';

export interface CountersignStacks {
  readonly data: DataStack;
  readonly response: ResponseStack;
  readonly target: TargetStack;
}

/** Where the functions' code comes from. */
export interface FunctionSource {
  readonly folder: string;
  readonly write: WriteFunction;
}

/** Builds the stacks into an app. @throws on a wrong setting, runbook or policy, with what is wrong and how to fix it. */
export function buildStacks(app: App, source: FunctionSource, account?: string, region?: string): CountersignStacks {
  const { policyFile, runbookFolder, askTickSeconds, reservedConcurrency, protection, auditLock } = readSettings(
    app,
    account,
  );
  const compiled = compile(policyFile, runbookFolder);
  const props = { ...(account && region ? { env: { account, region } } : {}) };
  const data = new DataStack(app, 'countersign-data', {
    ...props,
    description: 'Countersign: records and keys',
    protection,
    tablesKey: compiled.policy.deployment.keys.tables,
    auditLock,
  });
  const response = new ResponseStack(app, 'countersign-response', {
    ...props,
    description: 'Countersign: functions, state machine and triggers',
    data,
    bundles: new Bundles(source.folder, source.write, compiled, reviewed(compiled, runbookFolder)),
    askTickSeconds,
    reservedConcurrency,
    keys: compiled.policy.deployment.keys,
    slack: compiled.policy.slack,
    iamDoor: compiled.policy.deployment.iam_door,
  });
  const target = new TargetStack(app, 'countersign-target', {
    ...props,
    description: 'Countersign: the document that runs approved scripts',
    document: compiled.document,
  });
  // Without its document nothing can be sent: what answers alarms goes live after it.
  response.addStackDependency(target);
  applyDeployment(app, compiled.policy.deployment);
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  return { data, response, target };
}
