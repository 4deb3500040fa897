/** The CDK app of a team's repository: `node node_modules/countersign/dist/app.js`, as its cdk.json says. */
import { refuseOldNode } from './node.ts';

refuseOldNode();
const { runApp } = await import('./run-app.ts');
runApp();
