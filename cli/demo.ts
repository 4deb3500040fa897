/** `countersign demo`: one incident from alarm to verified audit on this machine, answered by the runbooks of this folder. */
import { type Command, Option } from 'commander';

export interface DemoFlags {
  readonly yes?: true;
  readonly reject?: true;
  readonly ignore?: true;
  readonly runbook?: string;
  readonly runbooks: string;
  readonly alarm?: string;
  readonly dryRun?: true;
  readonly keep?: true;
  readonly json?: true;
  readonly realModel?: true;
  readonly realSlack?: true;
}

/** Registers `demo`; its exit codes are those of `exitCodeOf`. */
export function registerDemo(program: Command): void {
  program
    .command('demo')
    .description('one incident from alarm to audit on this machine, with your runbooks: nothing leaves it or stays')
    .addOption(
      new Option('--yes', 'a scripted operator approves, through the same signed request').conflicts([
        'reject',
        'ignore',
      ]),
    )
    .addOption(new Option('--reject', 'a scripted operator rejects').conflicts(['yes', 'ignore']))
    .addOption(new Option('--ignore', 'nobody answers: the approval expires').conflicts(['yes', 'reject']))
    .option('--runbook <id>', 'what breaks: the id of a shipped runbook; without it the first that yours answer')
    .option('--runbooks <dir>', 'the folder of runbooks that answer', 'runbooks')
    .addOption(
      new Option('--alarm <file>', 'the alarm to raise, as JSON, in place of a shipped one').conflicts('runbook'),
    )
    .option('--dry-run', 'the product’s default mode: nothing is changed, nobody is asked')
    .option('--keep', 'leave it running afterwards to play with')
    .option('--json', 'print the result as one JSON object on the last line')
    .option('--real-model', 'ask the real model; needs ANTHROPIC_API_KEY')
    .addOption(
      new Option('--real-slack', 'ask in a real Slack workspace, by Socket Mode; says which tokens it needs').conflicts(
        ['yes', 'reject'],
      ),
    )
    .action(async (flags: DemoFlags) => {
      refuseOtherNode();
      const { demo } = await import('../package/demo.ts');
      await demo(flags);
    });
}

/** As the deployed functions: the local AWS runs their very bundles with this Node. */
const oldest = 24;

function refuseOtherNode({ node } = process.versions): void {
  if (Number.parseInt(node, 10) >= oldest) return;
  throw new Error(
    `the demo runs the functions as they are deployed, which needs Node ${oldest} or newer, and this is ${node}; npm install --save-dev node@${oldest} puts one into node_modules, and npx countersign demo takes it`,
  );
}
