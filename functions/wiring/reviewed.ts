/** The texts that were reviewed, as they lie beside the code of `archive`: what compiled.json was made of. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { reviewedFile } from '../../core/reviewed.ts';
import { setting } from './environment.ts';

/** Each hashes to the digest by which plans name it. */
export function reviewedTexts(): readonly string[] {
  return JSON.parse(readFileSync(join(setting('LAMBDA_TASK_ROOT'), reviewedFile), 'utf8'));
}
