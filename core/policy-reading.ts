/** What a table's policy, as DynamoDB gives it back, leaves open of what it must deny. */
import * as z from 'zod';
import { type Denial, denialsOf, type Place, type TableName } from './table-policies.ts';

const OneOrMany = z.union([z.string().transform((one) => [one]), z.array(z.string())]);
const Conditions = z.record(z.string(), z.record(z.string(), OneOrMany));
const Statement = z.looseObject({
  Effect: z.string(),
  Action: OneOrMany.optional(),
  Principal: z.union([z.string(), z.record(z.string(), OneOrMany)]).optional(),
  Resource: OneOrMany.optional(),
  Condition: Conditions.optional(),
});
type Statement = z.infer<typeof Statement>;
const Policy = z.looseObject({ Statement: z.union([Statement.transform((one) => [one]), z.array(Statement)]) });

/**
 * What is open, in words that follow "The policy of TABLE"; empty = it denies everything that it must, and allows nothing.
 * Never throws. A denial counts only as we write it: to everybody, of the whole table, with exactly our exceptions or none.
 */
export function openIn(policyText: string, table: TableName, tableArn: string): string[] {
  const policy = parsed(policyText);
  if (policy === null) return ['cannot be read'];
  const denials = denialsOf(table, placeOf(tableArn)).flatMap((denial) => {
    const open = denial.actions.filter((action) => !policy.some((one) => denies(one, action, denial, tableArn)));
    return open.length === 0 ? [] : [`does not deny ${open.join(', ')} to ${whom(denial)}`];
  });
  const allowed = policy.filter(({ Effect }) => Effect !== 'Deny').flatMap(({ Action }) => Action ?? ['something']);
  return [...denials, ...(allowed.length === 0 ? [] : [`allows ${allowed.join(', ')}, and it never should`])];
}

function parsed(text: string): readonly Statement[] | null {
  try {
    return Policy.parse(JSON.parse(text)).Statement;
  } catch {
    return null;
  }
}

function denies(statement: Statement, action: string, { conditions }: Denial, tableArn: string): boolean {
  const { Effect, Principal, Condition = {} } = statement;
  const isEverybody = Principal === '*' || (typeof Principal === 'object' && Principal.AWS?.includes('*') === true);
  const isWhole = statement.Resource?.some((one) => one === '*' || one === tableArn) === true;
  const isNamed = statement.Action?.some((one) => one === action || one === 'dynamodb:*' || one === '*') === true;
  const excepts = comparable(Condition);
  return (
    Effect === 'Deny' &&
    isEverybody &&
    isWhole &&
    isNamed &&
    (excepts === comparable({}) || excepts === comparable(Conditions.parse(conditions)))
  );
}

/** AWS may give lists back in another order. */
function comparable(conditions: z.infer<typeof Conditions>): string {
  const flat = Object.entries(conditions).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, values]) => [operator, key, ...values.toSorted()].join(' ')),
  );
  return flat.toSorted().join('\n');
}

function whom({ conditions }: Denial): string {
  const excepted = conditions.ArnNotLike?.['aws:PrincipalArn'] ?? [];
  const roles = [excepted].flat().flatMap((arn) => /:role\/(.+)$/.exec(arn)?.[1] ?? []);
  const operators = conditions.StringNotEquals ? ' and operators' : '';
  return roles.length === 0 ? 'everybody' : `everybody but ${roles.join(', ')}${operators}`;
}

function placeOf(tableArn: string): Place {
  const [, partition = '', , region = '', account = ''] = tableArn.split(':');
  return { partition, region, account };
}
