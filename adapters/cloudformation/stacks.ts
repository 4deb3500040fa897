/** CloudFormation: the stacks of this account and region, with their outputs. */
import { CloudFormationClient, paginateDescribeStacks } from '@aws-sdk/client-cloudformation';
import { patience, readingTries } from '../patience.ts';

export interface DeployedStack {
  readonly name: string;
  /** Such as `UPDATE_COMPLETE`. */
  readonly status: string;
  readonly outputs: Readonly<Record<string, string>>;
}

/** All that were not deleted. */
export async function deployedStacks(): Promise<DeployedStack[]> {
  const client = new CloudFormationClient({ requestHandler: patience(), ...readingTries() });
  const found: DeployedStack[] = [];
  for await (const { Stacks = [] } of paginateDescribeStacks({ client }, {}))
    found.push(
      ...Stacks.map(({ StackName = '', StackStatus = '', Outputs = [] }) => ({
        name: StackName,
        status: StackStatus,
        outputs: Object.fromEntries(Outputs.map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue])),
      })),
    );
  return found.filter(({ status }) => status !== 'DELETE_COMPLETE');
}
