/** Where the files lie that are no code: the one module that knows whether it runs in the repository or as the built package. */
import { join, resolve } from 'node:path';

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
