/** Commands and what the risk floor says about them: one for a person to read, or a stream for another program. */
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { stdin, stdout } from 'node:process';
import { loadReparse } from '../adapters/tree-sitter/reparse.ts';
import { parsePolicy } from '../core/policy/parse.ts';
import { type ClassifyTools, classify } from '../core/risk/classify.ts';
import { curesOf } from '../core/risk/cures.ts';
import { grammars } from '../package/assets.ts';
import { lineBatches } from './lines.ts';
import { verdictLines } from './verdict-lines.ts';

export interface ClassifyOptions {
  readonly text?: true;
  readonly policy?: string;
}

/** One command, or without one those of standard input. */
export async function classifyCommands(command: string | undefined, options: ClassifyOptions): Promise<void> {
  const tools = await openTools(options.policy);
  if (command === undefined) return answerAll(options.text === true, tools);
  const verdict = classify(command, tools);
  for (const line of verdictLines(command, verdict)) console.log(line);
  for (const cure of curesOf(verdict)) console.log(`  only its form is refused: ${cure}`);
}

async function openTools(policyFile: string | undefined): Promise<ClassifyTools> {
  const reparse = await loadReparse(grammars);
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
