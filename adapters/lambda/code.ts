/** Lambda: one file of a function's deployed code, as it runs now. */
import { GetFunctionCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { unzipSync } from 'fflate';
import { patience, readingTries } from '../patience.ts';

/** Milliseconds for the code, some megabytes. */
const longestDownload = 30_000;

/**
 * The file's text, from the archive that Lambda itself runs: outputs of a stack say what was meant, this says what is.
 * Throws when there is no such function or file.
 */
export async function deployedFile(FunctionName: string, name: string): Promise<string> {
  const client = new LambdaClient({ requestHandler: patience(), ...readingTries() });
  const { Code } = await client.send(new GetFunctionCommand({ FunctionName }));
  if (!Code?.Location) throw new Error(`lambda: ${FunctionName} has no code that can be read`);
  const answer = await fetch(Code.Location, { signal: AbortSignal.timeout(longestDownload) });
  if (!answer.ok) throw new Error(`lambda: the code of ${FunctionName} was answered with ${answer.status}`);
  const files = unzipSync(new Uint8Array(await answer.arrayBuffer()), { filter: (file) => file.name === name });
  const bytes = files[name];
  if (!bytes) throw new Error(`lambda: the code of ${FunctionName} holds no ${name}`);
  return new TextDecoder().decode(bytes);
}
