/**
 * Who may call the managed node: the emulator checks signature and caller, the caller's role policies decide.
 *
 * The emulator asks IAM about every SSM action on the resource `*`, so a properly scoped policy is denied there. The
 * denial names the role; its policies are then simulated once per resource, after conditions on resource tags have
 * been resolved against the tags here. Session policies are not visible to it.
 */
import {
  GetPolicyCommand,
  GetPolicyVersionCommand,
  GetRolePolicyCommand,
  IAMClient,
  ListAttachedRolePoliciesCommand,
  ListRolePoliciesCommand,
  SimulateCustomPolicyCommand,
} from '@aws-sdk/client-iam';
import { credentials, region } from '../emulator.ts';
import { forward } from '../forward.ts';

export interface SignedRequest {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

export interface Resource {
  readonly arn: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** What the emulator or IAM said no with; passed on to the caller as it is. */
export interface Refusal {
  readonly status: number;
  readonly body: string;
}

/** The emulator's answers after it has let a caller in; whatever else it says is a refusal. */
const beyondTheDoor =
  /^(InvalidInstanceId|InvalidDocument|InvalidResourceId|InvocationDoesNotExist|InvalidCommandId|InvalidAction)/;

export class Access {
  readonly #endpoint: URL;
  readonly #iam: IAMClient;

  constructor(endpoint: string) {
    this.#endpoint = new URL(endpoint);
    this.#iam = new IAMClient({ endpoint, region, credentials });
  }

  /** Null when the caller may do `action` (`ssm:SendCommand`) on every resource. */
  async refusal(signed: SignedRequest, action: string, resources: readonly Resource[]): Promise<Refusal | null> {
    const answer = await forward(this.#endpoint, signed);
    if (answer.status < 400) return null;
    const { __type = '', message = '', Message = '' } = JSON.parse(answer.body || '{}');
    const code = String(__type).replace(/.*#/, '');
    if (beyondTheDoor.test(code)) return null;
    const role = /:assumed-role\/([^/]+)\//.exec(`${message}${Message}`)?.[1];
    if (!/^AccessDenied/.test(code) || role === undefined || resources.length === 0) return answer;
    return (await this.#allows(role, action, resources)) ? null : answer;
  }

  async #allows(role: string, action: string, resources: readonly Resource[]): Promise<boolean> {
    const policies = await this.#policiesOf(role);
    const answers = await Promise.all(resources.map((resource) => this.#allowsOne(policies, action, resource)));
    return answers.length > 0 && answers.every(Boolean);
  }

  async #allowsOne(policies: readonly string[], action: string, resource: Resource): Promise<boolean> {
    const { EvaluationResults } = await this.#iam.send(
      new SimulateCustomPolicyCommand({
        PolicyInputList: policies.map((policy) => JSON.stringify(resolveTags(JSON.parse(policy), resource.tags))),
        ActionNames: [action],
        ResourceArns: [resource.arn],
      }),
    );
    return EvaluationResults?.[0]?.EvalDecision === 'allowed';
  }

  async #policiesOf(RoleName: string): Promise<string[]> {
    const [inline, attached] = await Promise.all([
      this.#iam.send(new ListRolePoliciesCommand({ RoleName })),
      this.#iam.send(new ListAttachedRolePoliciesCommand({ RoleName })),
    ]);
    const documents = await Promise.all([
      ...(inline.PolicyNames ?? []).map(async (PolicyName) => {
        const { PolicyDocument } = await this.#iam.send(new GetRolePolicyCommand({ RoleName, PolicyName }));
        return PolicyDocument;
      }),
      ...(attached.AttachedPolicies ?? []).map(({ PolicyArn }) => this.#managedPolicy(PolicyArn)),
    ]);
    return documents.flatMap((document) => (document === undefined ? [] : [decodeURIComponent(document)]));
  }

  async #managedPolicy(PolicyArn: string | undefined): Promise<string | undefined> {
    const { Policy } = await this.#iam.send(new GetPolicyCommand({ PolicyArn }));
    const { PolicyVersion } = await this.#iam.send(
      new GetPolicyVersionCommand({ PolicyArn, VersionId: Policy?.DefaultVersionId }),
    );
    return PolicyVersion?.Document;
  }
}

interface Statement {
  readonly Effect: string;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

/**
 * A statement whose condition on resource tags holds loses that condition; one whose condition does not hold is
 * dropped. An operator other than StringEquals is not understood: such an Allow is dropped, such a Deny denies.
 */
export function resolveTags(
  policy: { readonly Statement: Statement | readonly Statement[] },
  tags: Readonly<Record<string, string>>,
): { Statement: Statement[] } {
  const statements = [policy.Statement].flat();
  return { ...policy, Statement: statements.flatMap((statement) => resolveStatement(statement, tags)) };
}

function resolveStatement(statement: Statement, tags: Readonly<Record<string, string>>): Statement[] {
  const kept: Record<string, Record<string, string | readonly string[]>> = {};
  for (const [operator, entries] of Object.entries(statement.Condition ?? {})) {
    for (const [key, values] of Object.entries(entries)) {
      const tag = /^(?:ssm|aws):resourcetag\/(.+)$/i.exec(key)?.[1];
      if (tag === undefined) kept[operator] = { ...kept[operator], [key]: values };
      else if (operator !== 'StringEquals' && statement.Effect === 'Allow') return [];
      else if (operator === 'StringEquals' && ![values].flat().includes(tags[tag] ?? '\0')) return [];
    }
  }
  const { Condition: _, ...rest } = statement;
  return [Object.keys(kept).length > 0 ? { ...rest, Condition: kept } : rest];
}
