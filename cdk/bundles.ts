/** The code of every function as CDK takes it: bundled, from sources or long ago, and beside it what was reviewed: compiled.json, and for `archive` its texts. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AssetHashType, DockerImage } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import type { Compiled } from '../core/compiled.ts';
import type { FunctionName } from '../core/functions.ts';
import { reviewedFile } from '../core/reviewed.ts';

/** Writes into `output` what one function runs and loads: everything but compiled.json. */
export type WriteFunction = (name: FunctionName, output: string) => void;

export class Bundles {
  readonly #folder: string;
  readonly #compiled: string;
  readonly #reviewed: string;
  readonly #writeFunction: WriteFunction;

  /** @param folder where the functions come from: CDK wants it to be there, and reads none of it */
  constructor(folder: string, writeFunction: WriteFunction, compiled: Compiled, reviewed: readonly string[]) {
    this.#folder = folder;
    this.#writeFunction = writeFunction;
    this.#compiled = JSON.stringify(compiled);
    this.#reviewed = JSON.stringify(reviewed);
  }

  /** The function's asset. Template tests that skip bundling write none. */
  code(name: FunctionName): Code {
    return Code.fromAsset(this.#folder, {
      assetHashType: AssetHashType.OUTPUT,
      bundling: {
        // Never pulled: the local bundling below always succeeds or throws.
        image: DockerImage.fromRegistry('scratch'),
        // CDK would take functions with the same source and the same options for one.
        command: [name],
        local: {
          tryBundle: (output) => {
            this.write(name, output);
            return true;
          },
        },
      },
    });
  }

  /** Writes the function's asset into the folder: `index.js`, what it loads, `compiled.json`, and for `archive` `reviewed.json`. */
  write(name: FunctionName, output: string): void {
    this.#writeFunction(name, output);
    writeFileSync(join(output, 'compiled.json'), this.#compiled);
    if (name === 'archive') writeFileSync(join(output, reviewedFile), this.#reviewed);
  }
}
