/** `countersign classify`: what the risk floor says about commands, for other programs or for a person. */
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { stdin, stdout } from 'node:process';
import type { Command } from 'commander';
import { loadReparse } from '../adapters/tree-sitter/reparse.ts';
import { parsePolicy } from '../core/policy/parse.ts';
import { type ClassifyTools, classify } from '../core/risk/classify.ts';
import { curesOf } from '../core/risk/cures.ts';
import { lineBatches } from './lines.ts';
import { verdictLines } from './verdict-lines.ts';

interface Options {
  readonly text?: true;
  readonly policy?: string;
}

/** Registers `classify [command]`; exit 1 when a line of the input could not be read. */
export function registerClassify(program: Command): void {
  program
    .command('classify')
    .description('judge commands by the risk floor: JSON strings, one a line, on standard input')
    .argument('[command]', 'one command, judged for a person to read')
    .option('--text', 'each line of standard input is a command as it stands')
    .option('--policy <file>', "also use the organisation's own `commands` of this policy file")
    .action(async (command: string | undefined, options: Options) => {
      const tools = await openTools(options.policy);
      if (command === undefined) await answerAll(options.text === true, tools);
      else {
        const verdict = classify(command, tools);
        for (const line of verdictLines(command, verdict)) console.log(line);
        for (const cure of curesOf(verdict)) console.log(`  only its form is refused: ${cure}`);
      }
    });
}

async function openTools(policyFile: string | undefined): Promise<ClassifyTools> {
  const reparse = await loadReparse(new URL('../node_modules/', import.meta.url));
  if (policyFile === undefined) return { reparse };
  return { reparse, commands: parsePolicy(await readFile(policyFile, 'utf8'), policyFile).commands };
}

/** One JSON object per command on standard output, in order; what is no JSON string is named by its line number. */
async function answerAll(plain: boolean, tools: ClassifyTools): Promise<void> {
  // A reader that has seen enough (`| head`) is no error.
  stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
  let number = 0;
  for await (const lines of lineBatches(stdin)) {
    let answers = '';
    for (const line of lines) {
      number++;
      const command = plain ? line : readString(line, number);
      if (command !== null) answers += `${answerOf(command, tools)}\n`;
    }
    if (!stdout.write(answers)) await once(stdout, 'drain');
  }
}

function answerOf(command: string, tools: ClassifyTools): string {
  const verdict = classify(command, tools);
  const { level, flags, reasons } = verdict;
  const cures = curesOf(verdict);
  return JSON.stringify({ command, level, flags, reasons, ...(cures.length > 0 ? { cures } : {}) });
}

/** Null, after saying so, when the line is no JSON string; an empty line is skipped. */
function readString(line: string, number: number): string | null {
  if (line.trim() === '') return null;
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value === 'string') return value;
  } catch {
    // Answered below, like every other line that is no string.
  }
  const start = line.length > 60 ? `${line.slice(0, 60)}…` : line;
  console.error(
    `countersign: line ${number} is no JSON string: ${JSON.stringify(start)}; write "df -h" with its quotes, or use --text for plain lines`,
  );
  process.exitCode = 1;
  return null;
}
