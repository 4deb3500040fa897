/** The synthesised stacks as data for assertions: templates without bundled code, and what a role's policies allow. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { flattenCfnReference } from 'cdk-nag/lib/utils/flatten-cfn-reference.js';
import { afterAll } from 'vitest';
import { countersign } from '../../cdk/app.ts';

/** No code is bundled, and CDK's own rules (a second of WebAssembly) run only where a test wants them. */
const fast = { 'aws:cdk:bundling-stacks': [], '@aws-cdk/core:validateAgainstDefaultRules': false };

/** An app without a folder makes one of its own among the temporary ones, and leaves it there. */
const folder = mkdtempSync(join(tmpdir(), 'countersign-cdk-'));
let apps = 0;
afterAll(() => rmSync(folder, { recursive: true, force: true }));

export function build(context: Record<string, unknown> = {}, account?: string) {
  const app = new App({ context: { ...fast, ...context }, outdir: join(folder, String(apps++)) });
  return { app, ...countersign(app, account, account ? 'eu-central-1' : undefined) };
}

export interface Resource {
  readonly Type: string;
  readonly Properties: unknown;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
}
export type Resources = Readonly<Record<string, Resource>>;

const { app, data, response, target } = build();
export const stacks = { app, data, response, target };
export const resourcesOf = (stack: Parameters<typeof Template.fromStack>[0]): Resources =>
  Template.fromStack(stack).toJSON().Resources;
export const dataResources = resourcesOf(data);
export const responseResources = resourcesOf(response);
export const targetResources = resourcesOf(target);

export function ofType(resources: Resources, type: string): Resource[] {
  return Object.values(resources).filter(({ Type }) => Type === type);
}

/** What lies at a path such as `Environment.Variables`, as the type that the template promises; undefined when it is not there. */
export function at<T = unknown>(value: unknown, path: string): T {
  return path
    .split('.')
    .reduce<unknown>((inner, key) => (inner as Record<string, unknown> | undefined)?.[key], value) as T;
}

/** References become readable text: `<AWS::Region>`, `<planFunctionE908B027.Arn>`. */
export function flat(value: unknown): string {
  return flattenCfnReference(value);
}

const list = <T>(value: T | readonly T[] | undefined): readonly T[] =>
  value === undefined ? [] : Array.isArray(value) ? value : [value as T];

export interface Statement {
  readonly effect: string;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly principal: unknown;
  readonly condition: Record<string, Record<string, unknown>>;
}

export function statementsOf(document: { Statement: Record<string, unknown>[] }): Statement[] {
  return document.Statement.map((one) => ({
    effect: String(one.Effect),
    actions: list(one.Action).map(String),
    resources: list(one.Resource).map(flat),
    principal: one.Principal,
    condition: (one.Condition ?? {}) as Statement['condition'],
  }));
}

/** The role of this name in the response stack: what it trusts and everything its policies say. */
export function roleOf(name: string) {
  const found = Object.entries(responseResources).find(
    ([, { Type, Properties }]) =>
      Type === 'AWS::IAM::Role' && flat(at(Properties, 'RoleName')) === `countersign-${name}-<AWS::Region>`,
  );
  if (!found) throw new Error(`no role of the name countersign-${name}-REGION`);
  const [id, { Properties }] = found;
  const policies = ofType(responseResources, 'AWS::IAM::Policy').filter((policy) =>
    at<{ Ref?: string }[]>(policy.Properties, 'Roles').some(({ Ref }) => Ref === id),
  );
  const statements = policies.flatMap((policy) => statementsOf(at(policy.Properties, 'PolicyDocument')));
  return { id, properties: Properties, trust: statementsOf(at(Properties, 'AssumeRolePolicyDocument')), statements };
}

/** Whether a role is allowed this on some resource whose flattened ARN matches. Wildcards in actions count, denials do not. */
export function allows(role: string, action: string, resource = /./): boolean {
  return states('Allow', role, action, resource);
}

/** Whether a role has a statement of this effect about an action on some resource. */
export function states(effect: 'Allow' | 'Deny', role: string, action: string, resource = /./): boolean {
  return roleOf(role).statements.some(
    ({ effect: stated, actions, resources }) =>
      stated === effect &&
      actions.some((pattern) => matches(pattern, action)) &&
      resources.some((one) => one === '*' || resource.test(one)),
  );
}

function matches(pattern: string, action: string): boolean {
  const source = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, 'i').test(action);
}

/** The function's resource, found by its fixed name. */
export function functionOf(name: string): Resource {
  const found = ofType(responseResources, 'AWS::Lambda::Function').find(
    ({ Properties }) => at(Properties, 'FunctionName') === `countersign-${name}`,
  );
  if (!found) throw new Error(`no function countersign-${name}`);
  return found;
}
