/** `countersign redact`: a text as people, models and the audit would get it, whole and line for line. */
import { once } from 'node:events';
import { stdin, stdout } from 'node:process';
import type { Command } from 'commander';

interface Options {
  readonly json?: true;
}

/** Registers `redact`: standard input to standard output, exit 0 whether or not anything was found. */
export function registerRedact(program: Command): void {
  program
    .command('redact')
    .description('show a text (standard input) as people would see it: without secrets, whole, line for line')
    .option('--json', 'print one JSON object: `text`, and in `found` how many of each kind were taken out')
    .action(async (options: Options) => {
      const [{ redaction }, { visible }] = await Promise.all([
        import('../core/redact.ts'),
        import('../core/visible.ts'),
      ]);
      const { text, found } = redaction(await standardInput());
      const shown = visible(text);
      await print(options.json ? `${JSON.stringify({ text: shown, found })}\n` : shown);
    });
}

/** All of standard input: a secret may begin in one chunk and end in the next. */
async function standardInput(): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stdin) chunks.push(chunk as Uint8Array);
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(Buffer.concat(chunks));
}

async function print(text: string): Promise<void> {
  // A reader that has seen enough (`| head`) is no error.
  stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
  if (!stdout.write(text)) await once(stdout, 'drain');
}
