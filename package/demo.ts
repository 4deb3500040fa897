/** The way from the command line to the laptop's AWS: nothing else outside `local/` loads it, and no function does. */
import type { DemoFlags } from '../cli/demo.ts';
import { readOptions } from '../local/demo/options.ts';
import { run } from '../local/demo/run.ts';

export const demo = (flags: DemoFlags): Promise<never> => run(readOptions(flags));
