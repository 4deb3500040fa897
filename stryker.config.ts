/** Mutation testing of the kernel: `npm run mutate`, or `npm run mutate -- --mutate 'core/gate/*.ts'` for a part of it. */
import type { PartialStrykerOptions } from '@stryker-mutator/api/core';

const results = '.cache/mutation';

const options: PartialStrykerOptions = {
  mutate: [
    'core/{approval,audit,derive,gate,incident,policy}/**/*.ts',
    'core/use-cases/{close,decide,execute,execute-approval,execute-burn,execute-send,gate,plan,poll,request-approval,settle,sweep,triage}.ts',
    'core/runbook/{parameters,render,targets}.ts',
    'core/redact.ts',
    'adapters/dynamodb/{control,dispatches}.ts',
  ],
  testRunner: 'vitest',
  vitest: { configFile: 'vitest.mutate.config.ts' },
  concurrency: 2,
  incremental: true,
  incrementalFile: `${results}/incremental.json`,
  jsonReporter: { fileName: `${results}/report.json` },
  htmlReporter: { fileName: `${results}/report.html` },
  reporters: ['clear-text', 'progress', 'json', 'html'],
  clearTextReporter: { allowColor: false, reportTests: false, reportScoreTable: true },
  tempDirName: '.cache/stryker',
  cleanTempDir: 'always',
  ignorePatterns: ['.cache', 'cdk.out'],
  // A copy of the tree lies in a folder of `.cache/`; it finds the emulator's environment there.
  buildCommand: 'ln -s ../.. .cache',
  // Stryker would rewrite it with a compiler API that TypeScript 7 does not have. Nothing reads it in the copy.
  tsconfigFile: 'none',
  thresholds: { high: 95, low: 90, break: 90 },
  dryRunTimeoutMinutes: 20,
  timeoutMS: 20_000,
};

export default options;
