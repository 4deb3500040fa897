/** `aws` on the virtual host: arguments, `--query` and `--output` as the real one, over the few services that exist here. */
import { type JSONValue, search } from '@jmespath-community/jmespath';
import { type CustomCommand, defineCommand, type ExecResult } from 'just-bash';
import { failed, printed } from '../output.ts';
import { AwsError, type Operation, type Parameters } from './operation.ts';
import { text } from './text.ts';

/** Exit codes of `aws` version 2: 252 = it does not understand, 254 = the service says no. */
const notUnderstood = 252;
const refused = 254;
const everywhere = ['query', 'output', 'region', 'profile', 'no-cli-pager', 'no-paginate', 'cli-read-timeout'];

/** `operations` by `service operation`, such as `sqs purge-queue`, or `ecs wait services-stable`. */
export function aws(operations: Readonly<Record<string, Operation>>): CustomCommand {
  return defineCommand('aws', async (arguments_) => {
    const words = arguments_.slice(0, arguments_.findIndex((word) => word.startsWith('--')) >>> 0);
    const name = words.join(' ');
    const operation = Object.hasOwn(operations, name) ? operations[name] : undefined;
    if (!operation)
      return failed(`aws: error: argument operation: Invalid choice: ${name} (on this virtual host)`, notUnderstood);
    const parameters = parametersOf(arguments_.slice(words.length));
    const missing = operation.needs.filter((need) => !parameters[need]?.length);
    if (missing.length > 0)
      return failed(
        `aws: error: the following arguments are required: ${missing.map((need) => `--${need}`).join(', ')}`,
        notUnderstood,
      );
    const known = [...operation.needs, ...(operation.takes ?? []), ...everywhere];
    const unknown = Object.keys(parameters).filter((key) => !known.includes(key));
    if (unknown.length > 0)
      return failed(`Unknown options: ${unknown.map((key) => `--${key}`).join(', ')}`, notUnderstood);
    return perform(name, operation, parameters);
  });
}

function parametersOf(words: readonly string[]): Parameters {
  const parameters: Record<string, string[]> = {};
  let current: string[] = [];
  for (const word of words) {
    const [, key, value] = /^--([a-z0-9-]+)(?:=(.*))?$/s.exec(word) ?? [];
    if (key === undefined) current.push(word);
    else {
      current = value === undefined ? [] : [value];
      parameters[key] = current;
    }
  }
  return parameters;
}

async function perform(name: string, operation: Operation, parameters: Parameters): Promise<ExecResult> {
  try {
    const answer = await operation.perform(parameters);
    if (answer === null) return printed('');
    const query = parameters.query?.[0];
    const shown = query === undefined ? answer : search(answer, query);
    return printed(written(shown, parameters.output?.[0] ?? 'json'));
  } catch (error) {
    if (!(error instanceof AwsError))
      return failed(`aws: error: ${error instanceof Error ? error.message : error}`, notUnderstood);
    const [, operationName = ''] = name.split(' ');
    const called = operationName.replace(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase());
    return failed(
      `\nAn error occurred (${error.code}) when calling the ${called} operation: ${error.message}`,
      refused,
    );
  }
}

function written(answer: JSONValue, output: string): string {
  if (output === 'text') return text(answer);
  if (output !== 'json') throw new Error(`--output ${output}: only json and text work on this virtual host`);
  return `${JSON.stringify(answer, null, 4)}\n`;
}
