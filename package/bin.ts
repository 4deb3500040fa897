#!/usr/bin/env node
/** The package's command `countersign`: it looks at Node's version before it loads what an old Node cannot read. */
import { refuseOldNode } from './node.ts';

refuseOldNode();
const { run } = await import('../cli/main.ts');
await run();
