/** Writes docs/cli.md from the commands themselves; test/docs/cli.test.ts holds both together. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cliPage } from '../cli/help/explain.ts';
import { program } from '../cli/main.ts';

writeFileSync(join(import.meta.dirname, '../docs/cli.md'), cliPage(program));
