/** IAM's evaluation for the statements that our templates use: an explicit denial, identity ∩ session, conditions with a missing key. */

export interface Statement {
  readonly effect: string;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly condition: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

export interface Request {
  readonly action: string;
  readonly resource: string;
  /** Condition keys as AWS would put them; a key that is not there is missing. Lists for keys of several values. */
  readonly context: Readonly<Record<string, string | readonly string[]>>;
}

export interface Policies {
  /** What the caller's role says. */
  readonly identity: readonly Statement[];
  /** What the session was narrowed to when the role was assumed. */
  readonly session?: readonly Statement[];
  /** What the resource's own policy says; in one account a denial is all that it adds. */
  readonly resource?: readonly Statement[];
}

/** Whether one account's IAM lets the request through (User Guide, "Policy evaluation logic"). @throws on an operator that is not known here. */
export function isAllowed(request: Request, { identity, session, resource = [] }: Policies): boolean {
  const applies = (effect: string) => (one: Statement) => one.effect === effect && fits(one, request);
  if ([...identity, ...(session ?? []), ...resource].some(applies('Deny'))) return false;
  return identity.some(applies('Allow')) && (session === undefined || session.some(applies('Allow')));
}

function fits({ actions, resources, condition }: Statement, { action, resource, context }: Request): boolean {
  return (
    actions.some((one) => isLike(action.toLowerCase(), one.toLowerCase())) &&
    resources.some((one) => isLike(resource, one)) &&
    Object.entries(condition).every(([operator, keys]) =>
      Object.entries(keys).every(([key, values]) => holds(operator, context[key], [values].flat().map(String))),
    )
  );
}

/** Positive operators on one value; `Not` turns them round, which makes a missing key match. */
const operators: Readonly<Record<string, (value: string, wanted: string) => boolean>> = {
  StringEquals: (value, wanted) => value === wanted,
  StringLike: isLike,
  ArnEquals: isLike,
  ArnLike: isLike,
  Bool: (value, wanted) => value === wanted,
};

function holds(operator: string, given: string | readonly string[] | undefined, wanted: readonly string[]): boolean {
  if (operator === 'Null') return wanted.includes(String(given === undefined));
  const [, set, name = '', ifExists] = /^(?:(ForAnyValue|ForAllValues):)?(.+?)(IfExists)?$/.exec(operator) ?? [];
  if (ifExists && given === undefined) return true;
  const isNegated = /^(String|Arn)Not/.test(name);
  const compare = operators[name.replace(/^(String|Arn)Not/, '$1')];
  if (!compare) throw new Error(`the condition operator ${operator} is not known here`);
  const matches = (value: string) => wanted.some((one) => compare(value, one)) !== isNegated;
  const values = given === undefined ? [] : [given].flat();
  if (set === 'ForAllValues') return values.every(matches);
  if (set === 'ForAnyValue') return values.some(matches);
  return given === undefined ? isNegated : values.some(matches);
}

/** `*` any characters, `?` one. */
function isLike(value: string, pattern: string): boolean {
  const source = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, 's').test(value);
}
