/** Examples and exit codes below the help of every command, and the same as a page of the documentation. */
import type { Command } from 'commander';
import { type Page, pages } from './pages.ts';

const usualExits: NonNullable<Page['exits']> = { 0: 'done', 1: 'not done; why is on standard error' };

/** A command with the words by which it is called, such as `audit verify`. */
export interface Named {
  readonly name: string;
  readonly command: Command;
}

/** Every command that does something itself, in the order of the help. */
export function commandsOf(program: Command, before = ''): Named[] {
  return program.commands.flatMap((command) => {
    const name = `${before}${command.name()}`;
    return command.commands.length > 0 ? commandsOf(command, `${name} `) : [{ name, command }];
  });
}

/** Adds them to the help of each command that has a page. */
export function explain(program: Command): void {
  for (const { name, command } of commandsOf(program)) {
    const page = pages[name];
    if (page) command.addHelpText('after', () => helpText(page));
  }
  program.addHelpText('after', '\ncountersign COMMAND --help has examples and exit codes; docs/cli.md has all of it.');
}

function helpText({ examples, exits = usualExits }: Page): string {
  const width = Math.max(...examples.map(([line]) => line.length));
  return [
    '',
    'Examples:',
    ...examples.map(([line, what]) => `  ${line.padEnd(width)}  ${what}`),
    '',
    'Exit codes:',
    ...Object.entries(exits).map(([code, what]) => `  ${code}  ${what}`),
  ].join('\n');
}

/** docs/cli.md. */
export function cliPage(program: Command): string {
  const commands = commandsOf(program).filter(({ name }) => pages[name]);
  return `# The command line

Made from the commands themselves (\`node scripts/cli-page.ts\`); \`countersign COMMAND --help\` says the same. Here
\`npm run --silent countersign -- …\` runs them, in a team's repository \`npx countersign …\`.

What reads a deployment uses your own credentials, as AWS's tools find them (\`AWS_PROFILE\`, \`AWS_REGION\`). Errors are one
line on standard error, without a stack trace. Colours are for terminals only.

| command | |
|---|---|
${commands.map(({ name, command }) => `| [\`${name}\`](#${name.replaceAll(' ', '-')}) | ${cell(command.description())} |`).join('\n')}

${commands.map(sectionOf).join('\n\n')}
`;
}

function sectionOf({ name, command }: Named): string {
  const help = command.createHelp();
  const rows = [
    ...help.visibleArguments(command).map((one) => [help.argumentTerm(one), help.argumentDescription(one)]),
    ...help.visibleOptions(command).map((one) => [help.optionTerm(one), help.optionDescription(one)]),
  ].filter(([term]) => term !== '-h, --help');
  const { examples, exits = usualExits } = pages[name] ?? { examples: [] };
  return [
    `## ${name}`,
    '',
    `${sentence(command.description())}.`,
    ...(rows.length > 0
      ? [
          '',
          '| | |',
          '|---|---|',
          ...rows.map(([term = '', what = '']) => `| \`${term.replaceAll('|', '\\|')}\` | ${cell(what)} |`),
        ]
      : []),
    '',
    '```',
    ...examples.flatMap(([line, what]) => [`# ${what}`, line]),
    '```',
    '',
    `Exit codes: ${Object.entries(exits)
      .map(([code, what]) => `${code} ${what}`)
      .join('; ')}.`,
  ].join('\n');
}

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
const cell = (text: string): string => text.replaceAll('|', '\\|').replace(/[<>*_[\]]/g, '\\$&');
