/** The contract of the SSM API: each limit as its model words it, beside the code that refuses what AWS refuses. */
import { SsmError } from './error.ts';

export type Action =
  | 'SendCommand'
  | 'GetCommandInvocation'
  | 'ListCommands'
  | 'ListCommandInvocations'
  | 'CancelCommand'
  | 'DescribeInstanceInformation';

/** A request as it came in; members are looked at, never trusted. */
export type Input = Readonly<Record<string, unknown>>;

export interface Rule {
  /** The model's sentence, or its shape and constraint where it has no sentence. */
  readonly says: string;
  readonly actions: readonly Action[];
  readonly error: string;
  /** What is wrong with a request, or null. */
  wrong(input: Input): string | null;
}

const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const keysOf = (input: Input) => list(input.Filters).map((filter) => String((filter as Input).Key ?? ''));
const isTag = (key: string) => key.startsWith('tag:') || key === 'tag-key';

/** A member that may be absent, and otherwise must be a number in this range. */
function range(member: string, least: number, most: number): Rule['wrong'] {
  return ({ [member]: value }) =>
    value === undefined || (Number.isInteger(value) && Number(value) >= least && Number(value) <= most)
      ? null
      : `${member} ${value}: a whole number from ${least} to ${most}`;
}

function pattern(member: string, expression: RegExp): Rule['wrong'] {
  return ({ [member]: value }) =>
    value === undefined || (typeof value === 'string' && expression.test(value))
      ? null
      : `${member} '${value}' does not satisfy the pattern ${expression.source}`;
}

function atMost(member: string, most: number): Rule['wrong'] {
  return ({ [member]: value }) =>
    list(value).length <= most ? null : `${member} has ${list(value).length} members; at most ${most}`;
}

const invalid = 'ValidationException';

/** In the order in which they are checked. */
export const rules: readonly Rule[] = [
  {
    says: "Tag filters can't be combined with other filter types.",
    actions: ['DescribeInstanceInformation'],
    error: invalid,
    wrong: (input) =>
      keysOf(input).some(isTag) && !keysOf(input).every(isTag)
        ? 'Cannot mix tag or inventory filter with any other filter.'
        : null,
  },
  {
    says: 'Two tag filters: whether AWS takes them is not known, so nothing here may rely on it.',
    actions: ['DescribeInstanceInformation'],
    error: invalid,
    wrong: (input) => (keysOf(input).filter(isTag).length > 1 ? 'more than one tag filter: ask once for each' : null),
  },
  {
    says: 'InstanceInformationFilterValueSet: 1 to 100 values',
    actions: ['DescribeInstanceInformation'],
    error: invalid,
    wrong: ({ Filters }) => {
      const counts = list(Filters).map((filter) => list((filter as Input).Values).length);
      return counts.every((count) => count >= 1 && count <= 100) ? null : `Values of a filter: 1 to 100, not ${counts}`;
    },
  },
  {
    says: 'MaxResultsEC2Compatible: 5 to 50',
    actions: ['DescribeInstanceInformation'],
    error: invalid,
    wrong: range('MaxResults', 5, 50),
  },
  {
    says: 'CommandMaxResults: 1 to 50',
    actions: ['ListCommands', 'ListCommandInvocations'],
    error: invalid,
    wrong: range('MaxResults', 1, 50),
  },
  {
    says: 'CommandFilterList: at most 5 filters',
    actions: ['ListCommands', 'ListCommandInvocations'],
    error: invalid,
    wrong: atMost('Filters', 5),
  },
  {
    says: 'TimeoutSeconds: 30 to 2592000',
    actions: ['SendCommand'],
    error: invalid,
    wrong: range('TimeoutSeconds', 30, 2_592_000),
  },
  {
    says: 'Comment: at most 100 characters',
    actions: ['SendCommand'],
    error: invalid,
    wrong: pattern('Comment', /^.{0,100}$/s),
  },
  {
    says: 'you can specify up to 50 IDs',
    actions: ['SendCommand', 'CancelCommand'],
    error: invalid,
    wrong: atMost('InstanceIds', 50),
  },
  {
    says: 'MaxConcurrency: ^([1-9][0-9]*|[1-9][0-9]%|[1-9]%|100%)$',
    actions: ['SendCommand'],
    error: invalid,
    wrong: pattern('MaxConcurrency', /^(?=.{1,7}$)([1-9][0-9]*|[1-9][0-9]%|[1-9]%|100%)$/),
  },
  {
    says: 'MaxErrors: ^([1-9][0-9]*|[0]|[1-9][0-9]%|[0-9]%|100%)$',
    actions: ['SendCommand'],
    error: invalid,
    wrong: pattern('MaxErrors', /^(?=.{1,7}$)([1-9][0-9]*|[0]|[1-9][0-9]%|[0-9]%|100%)$/),
  },
  {
    says: 'DocumentHash: at most 256 characters',
    actions: ['SendCommand'],
    error: invalid,
    wrong: pattern('DocumentHash', /^.{0,256}$/s),
  },
  {
    says: 'DocumentHashType: Sha256; Sha1 hashes have been deprecated.',
    actions: ['SendCommand'],
    error: invalid,
    wrong: pattern('DocumentHashType', /^Sha256$/),
  },
  {
    says: 'CommandId: 36 characters',
    actions: ['GetCommandInvocation', 'ListCommands', 'ListCommandInvocations', 'CancelCommand'],
    error: invalid,
    wrong: pattern('CommandId', /^.{36}$/),
  },
  {
    says: 'InstanceId: (^i-(\\w{8}|\\w{17})$)|(^mi-\\w{17}$)',
    actions: ['GetCommandInvocation', 'ListCommands', 'ListCommandInvocations'],
    error: invalid,
    wrong: pattern('InstanceId', /(^i-(\w{8}|\w{17})$)|(^mi-\w{17}$)/),
  },
];

/** Throws as the API would on the first rule that a request breaks. */
export function enforce(action: Action, input: object): void {
  for (const { actions, error, wrong } of rules) {
    const message = actions.includes(action) ? wrong(input as Input) : null;
    if (message !== null) throw new SsmError(error, message);
  }
}

/** One page, as every list of the API gives it. Throws InvalidNextToken. */
export function paged<Item>(
  all: readonly Item[],
  { MaxResults = 50, NextToken }: { readonly MaxResults?: number; readonly NextToken?: string },
): { readonly page: readonly Item[]; readonly rest: { readonly NextToken?: string } } {
  const [, from = ''] = NextToken === undefined ? ['', '0'] : (/^after-([1-9][0-9]*)$/.exec(NextToken) ?? []);
  if (from === '') throw new SsmError('InvalidNextToken', 'The specified token is not valid.');
  const end = Number(from) + MaxResults;
  return { page: all.slice(Number(from), end), rest: end < all.length ? { NextToken: `after-${end}` } : {} };
}
