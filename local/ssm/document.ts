/** SSM documents as the managed node knows them: parameters checked and filled in as Systems Manager does. */
import type { RunDocument } from '../../core/derive/run-document.ts';
import { SsmError } from './error.ts';

interface ParameterDefinition {
  readonly type: string;
  readonly default?: string;
  readonly allowedPattern?: string;
  readonly maxChars?: number;
}

interface Content {
  readonly schemaVersion: string;
  readonly description: string;
  readonly parameters: Readonly<Record<string, ParameterDefinition>>;
  readonly mainSteps: readonly [
    {
      readonly name: string;
      readonly inputs: { readonly timeoutSeconds: string; readonly runCommand: readonly string[] };
    },
  ];
}

export interface Filled {
  /** The text that the agent runs with `sh`. */
  readonly script: string;
  readonly timeoutSeconds: number;
  readonly pluginName: string;
}

/** Checks a request's parameters and puts them into the document's text. Throws InvalidParameters. */
export function fillDocument(document: RunDocument, given: Readonly<Record<string, readonly string[]>>): Filled {
  const content: Content = JSON.parse(document.content);
  const unknown = Object.keys(given).find((name) => !(name in content.parameters));
  if (unknown !== undefined) throw new SsmError('InvalidParameters', `document has no parameter ${unknown}`);
  const values = Object.entries(content.parameters).map(
    ([name, definition]) => [name, checkedValue(name, definition, given[name])] as const,
  );
  const fill = (text: string) =>
    values.reduce((filled, [name, value]) => filled.replaceAll(`{{ ${name} }}`, () => value), text);
  const [{ name, inputs }] = content.mainSteps;
  return {
    script: fill(inputs.runCommand.join('\n')),
    timeoutSeconds: Number(fill(inputs.timeoutSeconds)),
    pluginName: name,
  };
}

function checkedValue(name: string, definition: ParameterDefinition, given: readonly string[] | undefined): string {
  const value = given?.[0] ?? definition.default;
  if (value === undefined) throw new SsmError('InvalidParameters', `parameter ${name} is missing`);
  if (given !== undefined && given.length !== 1) {
    throw new SsmError('InvalidParameters', `parameter ${name} is a String: give exactly one value`);
  }
  const pattern = definition.allowedPattern;
  if (pattern !== undefined && !new RegExp(pattern).test(value)) {
    throw new SsmError('InvalidParameters', `parameter ${name} does not match ${pattern}`);
  }
  if (definition.maxChars !== undefined && value.length > definition.maxChars) {
    throw new SsmError('InvalidParameters', `parameter ${name} has more than ${definition.maxChars} characters`);
  }
  return value;
}

/** `DocumentDescription`, as DescribeDocument gives it. */
export function described(document: RunDocument, owner: string) {
  const content: Content = JSON.parse(document.content);
  return {
    Name: document.name,
    Hash: document.digest,
    HashType: 'Sha256',
    Owner: owner,
    Status: 'Active',
    DocumentVersion: '1',
    LatestVersion: '1',
    DefaultVersion: '1',
    Description: content.description,
    DocumentType: 'Command',
    DocumentFormat: 'JSON',
    SchemaVersion: content.schemaVersion,
    PlatformTypes: ['Linux', 'MacOS'],
    Parameters: Object.entries(content.parameters).map(([Name, { default: DefaultValue }]) => ({
      Name,
      Type: 'String',
      ...(DefaultValue === undefined ? {} : { DefaultValue }),
    })),
  };
}
