/** Where the files lie that are no code: the one module that knows whether it runs in the repository or as the built package. */
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

/** The build puts every module of the package into `dist/`, as deep below the root as this file is here. */
export const root = resolve(import.meta.dirname, '..');

/** Built JavaScript lies in the package; in the repository Node runs this file as it stands. */
const isPackage = import.meta.filename.endsWith('.js');

/** For `loadReparse`: the folder of the two shell grammars. The package brings its own, so that it needs no package to compile. */
export const grammars = isPackage ? join(root, 'dist') : join(root, 'node_modules');

/** The functions as they were built with this release, a folder for each; in the repository only after `npm pack`, which reads none of it. */
export const prebuiltFunctions = join(root, 'dist/functions');

/** The state machine's definition. */
export const stateMachine = join(root, 'statemachines/incident.asl.json');

/** Names in it are replaced by `countersign init`. */
export const shippedPolicy = join(root, 'countersign.yaml');

/** The library of runbooks. */
export const shippedRunbooks = join(root, 'runbooks');

/** CDK's settings: this release's feature flags. */
export const cdkSettings = join(root, 'cdk.json');

/** Slack's description of the app; `countersign init` copies it. */
export const slackManifest = join(root, 'slack/manifest.yaml');

/** What `countersign init` writes besides. */
export const templates = join(root, 'package/template');

/** The command line and the CDK app, as another process starts them. */
export const command = isPackage ? join(root, 'dist/countersign.js') : join(root, 'cli/main.ts');
export const app = isPackage ? join(root, 'dist/app.js') : join(root, 'cdk/app.ts');

/** What a person types before a command's name. */
export const typed = isPackage ? 'npx countersign' : 'npm run --silent countersign --';

/** The demo's process that ends everything of a run, and the thread of a virtual host. */
export const guard = isPackage ? join(root, 'dist/guard.js') : join(root, 'local/guard.ts');
export const hostThread = isPackage ? join(root, 'dist/worker.js') : join(root, 'local/host/worker.ts');

/** What breaks in the demo, an alarm each. */
export const incidentFolder = join(root, 'local/incidents');

/** The Python packages of the demo's AWS, each with its hash. */
export const pythonLock = join(root, 'local/requirements.txt');

/** The demo's Slack page: its script, and its styles with those of the package that draws blocks. */
export const pageScript = join(root, 'local/slack/page-client.js');
export const blockStyle = isPackage
  ? join(root, 'dist/blocks.css')
  : join(root, 'node_modules/slack-blocks-to-jsx/dist/style.css');
export const pageStyle = join(root, 'local/slack/page.css');

/** What is fetched or left once for all runs: an installed package is replaced as a whole, and may not be written to. */
export const cache = isPackage
  ? join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'countersign')
  : join(root, '.cache');

/** CDK's command line, wherever npm put it. */
export const cdkCommand = (): string =>
  join(dirname(createRequire(join(root, 'package.json')).resolve('aws-cdk/package.json')), 'bin/cdk');
