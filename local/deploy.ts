/** Deploys the real CDK app to the local AWS with the real CDK CLI; everything it writes goes into the run's folder. */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { CreateSecretCommand, PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { app, cdkCommand } from '../package/assets.ts';
import { account, credentials, type Emulator, region } from './emulator.ts';
import {
  allowPlainHttpAssets,
  allowPlainHttpQueue,
  allowPlainHttpTopics,
  allowPolicyReads,
  lockArchive,
  putTablePolicies,
  reachStands,
  reserveConcurrency,
  type Stands,
  type Template,
} from './emulator-gaps.ts';

/** The stacks that the emulator gets; the third holds only the SSM document, which the managed node has from its source. */
export const localStacks = ['countersign-data', 'countersign-response'] as const;
/** Seconds between two looks at an approval; 60 on AWS, where a tick costs 13 events of history. */
const localTickSeconds = 2;

/** Secret values by name: created outside the stacks, as a company does. */
export interface Secrets {
  readonly 'countersign/slack-signing-secret': string;
  readonly 'countersign/slack-bot-token': string;
  readonly 'countersign/anthropic-api-key': string;
}

export interface DeployOptions {
  readonly emulator: Emulator;
  /** Path of the policy file to compile in. */
  readonly policyFile: string;
  /** Folder of the runbooks to compile in. */
  readonly runbookFolder: string;
  readonly secrets: Secrets;
  /** Where the functions find SSM and CloudWatch. */
  readonly stands: Stands;
  readonly onProgress: (text: string) => void;
}

/** Outputs of the stacks, by stack and output name. */
export type StackOutputs = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** Synthesis needs no account, bootstrap no app: both go on at once. Throws with the CLI's own last lines. */
export async function deployLocally(options: DeployOptions): Promise<StackOutputs> {
  const { emulator, onProgress } = options;
  onProgress('Synthesising the stacks, bootstrapping the account …');
  await Promise.all([bootstrap(emulator), synthesise(options), createSecrets(emulator.endpoint, options.secrets)]);
  onProgress(`Deploying ${localStacks.join(' and ')} …`);
  await deployStacks(emulator);
  await putTablePolicies(emulator.endpoint, templateOf(emulator, 'countersign-data'));
  await allowPolicyReads(emulator.endpoint);
  await reserveConcurrency(emulator.endpoint, templateOf(emulator, 'countersign-response'));
  await reachStands(emulator.endpoint, options.stands);
  await allowPlainHttpTopics(emulator.endpoint);
  await allowPlainHttpQueue(emulator.endpoint);
  await lockArchive(emulator.endpoint);
  return JSON.parse(readFileSync(join(emulator.folder, 'outputs.json'), 'utf8'));
}

/** Deploys what was synthesised last, once more or for the first time. Returns what the CLI said, which names unchanged stacks. */
export function deployStacks(emulator: Emulator): Promise<string> {
  const assembly = join(emulator.folder, 'cdk.out');
  const outputs = join(emulator.folder, 'outputs.json');
  // Exclusively, since the response stack wants the third one before it.
  const how = ['--exclusively', '--app', assembly, '--method', 'direct', '--require-approval', 'never'];
  return cdk(emulator, ['deploy', ...localStacks, ...how, '--concurrency', '2', '--outputs-file', outputs]);
}

function templateOf({ folder }: Emulator, stack: (typeof localStacks)[number]): Template {
  return JSON.parse(readFileSync(join(folder, 'cdk.out', `${stack}.template.json`), 'utf8'));
}

async function bootstrap(emulator: Emulator): Promise<void> {
  await cdk(emulator, ['bootstrap', `aws://${account}/${region}`]);
  await allowPlainHttpAssets(emulator.endpoint);
}

async function synthesise({ emulator, policyFile, runbookFolder }: DeployOptions): Promise<void> {
  const paths = ['--context', `policy=${policyFile}`, '--context', `runbooks=${resolve(runbookFolder)}`];
  const context = [...paths, '--context', `askTickSeconds=${localTickSeconds}`];
  const output = join(emulator.folder, 'cdk.out');
  await cdk(emulator, ['synth', '--app', `node "${app}"`, '--quiet', '--output', output, ...context]);
}

async function createSecrets(endpoint: string, secrets: Secrets): Promise<void> {
  const client = new SecretsManagerClient({ endpoint, region, credentials });
  for (const [Name, SecretString] of Object.entries(secrets)) {
    await client.send(new CreateSecretCommand({ Name, SecretString })).catch((error: Error) => {
      if (error.name !== 'ResourceExistsException') throw error;
      return client.send(new PutSecretValueCommand({ SecretId: Name, SecretString }));
    });
  }
}

const quiet = ['--no-notices', '--no-version-reporting', '--no-color', '--ci'];
const linesOnFailure = 40;

function cdk(emulator: Emulator, arguments_: readonly string[]): Promise<string> {
  const child = emulator.spawn(process.execPath, [cdkCommand(), ...arguments_, ...quiet], {
    cwd: emulator.folder,
    env: { CDK_HOME: join(emulator.folder, 'cdk-home'), CDK_DISABLE_VERSION_CHECK: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const collect = (chunk: Buffer) => {
    output += chunk;
  };
  child.stdout?.on('data', collect);
  child.stderr?.on('data', collect);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      const tail = output.trimEnd().split('\n').slice(-linesOnFailure).join('\n');
      if (code === 0) resolve(output);
      else reject(new Error(`cdk ${arguments_[0]} ended with ${code ?? 'a signal'}:\n${tail}`));
    });
  });
}
