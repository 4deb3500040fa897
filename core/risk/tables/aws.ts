/** Argument table: the aws CLI, from the generated list of its operations and rules of our own for what is special. */
import { judgeCopy, judgeEnvironment, judgeStatement, judgeUserData, judgeValues } from '../aws.ts';
import type { Rule, Table } from '../table.ts';
import { awsOperations } from './generated/aws-operations.ts';

/** Options of every operation. What an operation's own options set does not change what kind of operation it is. */
const globalOptions =
  '--region= --output= --query= --profile= --color= --ca-bundle= --cli-read-timeout= --cli-connect-timeout= --cli-binary-format= --cli-input-json= --cli-input-yaml= --generate-cli-skeleton[=] --max-items= --page-size= --starting-token= --no-paginate --no-cli-pager --no-sign-request --no-cli-auto-prompt';

const reads: Rule = { does: 'reads in AWS', level: 'read_only', operands: 'text', check: judgeValues };
const changes: Rule = { does: 'changes something in AWS', level: 'modifying', operands: 'text', check: judgeValues };
const waits: Rule = { does: 'waits for a state in AWS', level: 'read_only', operands: 'text', check: judgeValues };
const secret: Rule = { ...reads, does: 'shows credentials, keys or secrets', flag: 'sensitive_read' };
const decrypts: Rule = {
  ...reads,
  effects: {
    '--with-decryption': { does: 'shows decrypted parameters', flag: 'sensitive_read' },
  },
};
const statement: Rule = { ...reads, does: 'runs a statement in AWS', check: judgeStatement };
const selects: Rule = { ...statement, flag: 'sensitive_read' };
const payload: Rule = { ...reads, does: 'shows records of a store or a stream', flag: 'sensitive_read' };
const environment: Rule = { ...reads, does: 'shows environment variables or code', check: judgeEnvironment };

/** Operations whose answer holds a secret although they only read, or that make one without changing anything. */
const secrets: Readonly<Record<string, string>> = {
  acm: 'export-certificate get-acme-external-account-binding-credentials',
  apigateway: 'get-api-key get-api-keys',
  appsync: 'list-api-keys',
  cloudfront: 'sign',
  codeartifact: 'get-authorization-token',
  'cognito-identity': 'get-credentials-for-identity get-open-id-token get-open-id-token-for-developer-identity',
  'cognito-idp': 'describe-user-pool-client list-user-pool-client-secrets',
  ec2: 'get-password-data get-launch-template-data',
  ecr: 'get-authorization-token get-login-password get-login',
  'ecr-public': 'get-authorization-token get-login-password',
  eks: 'get-token',
  elasticbeanstalk: 'describe-configuration-settings',
  emr: 'get-cluster-session-credentials',
  glue: 'get-connection get-connections',
  iam: 'generate-credential-report get-credential-report get-account-authorization-details',
  iot: 'describe-authorizer',
  kms: 'decrypt generate-data-key generate-data-key-without-plaintext generate-data-key-pair generate-data-key-pair-without-plaintext derive-shared-secret',
  lakeformation: 'get-temporary-glue-table-credentials get-temporary-glue-partition-credentials',
  lightsail:
    'download-default-key-pair get-instance-access-details get-relational-database-master-user-password get-bucket-access-keys',
  rds: 'generate-db-auth-token',
  redshift: 'get-cluster-credentials get-cluster-credentials-with-iam get-identity-center-auth-token',
  'redshift-serverless': 'get-credentials get-identity-center-auth-token',
  secretsmanager: 'get-secret-value batch-get-secret-value',
  ssm: 'get-access-token',
  storagegateway: 'describe-chap-credentials',
  sts: 'get-session-token get-federation-token get-service-bearer-token get-web-identity-token get-delegated-access-token assume-role assume-role-with-saml assume-role-with-web-identity assume-root',
  wafv2: 'get-decrypted-api-key',
};

/** Commands that are no operation of the service, or whose arguments decide. */
const own: Readonly<Record<string, Readonly<Record<string, Rule>>>> = {
  athena: { 'start-query-execution': { ...statement, level: 'modifying', does: 'writes the results of a query' } },
  cloudtrail: { 'validate-logs': reads },
  configservice: { 'get-status': reads },
  amplify: { 'get-app list-apps get-branch list-branches': environment },
  apprunner: { 'describe-service': environment },
  autoscaling: { 'describe-launch-configurations': environment },
  batch: { 'describe-job-definitions describe-jobs': environment },
  codebuild: { 'batch-get-projects batch-get-builds': environment },
  directconnect: { 'describe-router-configuration describe-virtual-interfaces': environment },
  dynamodb: { 'execute-statement': selects, 'scan query get-item batch-get-item transact-get-items': payload },
  dynamodbstreams: { 'get-records': payload },
  ec2: {
    'describe-instance-attribute': { ...reads, check: judgeUserData },
    'describe-launch-template-versions': environment,
    // With the keys that both sides share.
    'describe-vpn-connections': environment,
    'get-console-screenshot': { ...reads, effects: { '--wake-up': { does: 'presses a key', level: 'modifying' } } },
  },
  ecs: { 'describe-task-definition': environment },
  glue: { 'get-job get-jobs batch-get-jobs': environment },
  kinesis: { 'get-records': payload },
  eks: { 'update-kubeconfig': { ...changes, does: 'writes the kubectl configuration' } },
  lambda: {
    'get-function get-function-configuration list-functions list-versions-by-function': environment,
  },
  logs: { tail: reads },
  mwaa: { 'get-environment': environment },
  sagemaker: {
    'describe-training-job describe-processing-job describe-model describe-notebook-instance-lifecycle-config':
      environment,
  },
  ssm: { 'get-parameter get-parameters get-parameters-by-path get-parameter-history': decrypts },
};

const s3: Rule = {
  does: 'handles files in S3',
  level: 'destructive',
  unlisted: 'deletes or overwrites in S3, or is not known',
  subcommands: {
    ls: reads,
    'cp mv sync': { does: 'copies files from or to S3', level: 'read_only', operands: 'text', check: judgeCopy },
    'mb website': changes,
    presign: { ...secret, does: 'makes a link that shows a file to everybody' },
  },
};

const configure: Rule = {
  does: 'changes the configuration of the aws CLI',
  level: 'destructive',
  unlisted: 'changes the configuration of the aws CLI',
  subcommands: {
    'list list-profiles': reads,
    'get export-credentials': { ...secret, does: 'shows what the configuration holds' },
  },
};

export const aws = (): Table => ({
  aws: {
    does: 'talks to AWS',
    level: 'destructive',
    parameters: 'request',
    options: globalOptions,
    modes: { '--version': 'read_only' },
    effects: {
      '--endpoint-url=': { does: 'talks to another address than AWS', value: 'url' },
      '--debug': { does: 'shows requests with their session tokens', flag: 'sensitive_read' },
      '--no-verify-ssl': { does: 'trusts whoever answers', flag: 'egress' },
    },
    unlisted: 'is not a service that is known here',
    subcommands: {
      s3,
      configure,
      ...Object.fromEntries(Object.keys(awsOperations).map((name) => [name, service(name)])),
    },
    examples: {
      'aws ec2 describe-instances': 'read_only',
      "aws ec2 describe-instances --instance-ids i-1 i-2 --query 'Reservations[].Instances[].State.Name' --output text":
        'read_only',
      'aws --region eu-west-1 --profile ops ecs list-services --cluster x --no-cli-pager': 'read_only',
      'aws ec2 --region eu-west-1 describe-volumes': 'read_only',
      'aws ec2 terminate-instances --instance-ids i-1': 'destructive',
      'aws ec2 stop-instances --instance-ids i-1': 'modifying',
      'aws ec2 create-tags --resources i-1 --tags Key=a,Value=b': 'modifying',
      'aws ec2 get-password-data --instance-id i-1': 'read_only sensitive_read',
      'aws ec2 describe-instance-attribute --instance-id i-1 --attribute userData': 'read_only sensitive_read',
      'aws ec2 describe-instance-attribute --instance-id i-1 --attribute instanceType': 'read_only',
      'aws ec2 wait instance-running --instance-ids i-1': 'read_only',
      'aws ec2 "$verb" --instance-ids i-1': 'destructive',
      'aws $service describe-instances': 'destructive',
      'aws ec2 describe-instances --endpoint-url https://a.example': 'read_only egress',
      'aws ec2 describe-instances --endpoint-url http://localhost:4566': 'read_only',
      'aws ec2 describe-instances --debug': 'read_only sensitive_read',
      'aws ec2 describe-instances --no-verify-ssl': 'read_only egress',
      'aws ec2 describe-instances --filters file:///etc/shadow': 'read_only sensitive_read',
      'aws ecs update-service --cluster x --service y --desired-count 4': 'modifying',
      'aws ecs execute-command --cluster x --task y --command sh --interactive': 'destructive',
      'aws iam list-roles': 'read_only',
      'aws iam create-user --user-name x': 'destructive',
      'aws iam get-credential-report': 'read_only sensitive_read',
      'aws kms decrypt --ciphertext-blob fileb://x': 'read_only sensitive_read',
      'aws kms schedule-key-deletion --key-id x': 'destructive',
      'aws ec2 get-console-screenshot --instance-id x': 'read_only',
      'aws ec2 get-console-screenshot --instance-id x --wake-up': 'modifying',
      'aws kms list-keys': 'read_only',
      'aws lambda invoke --function-name x out.json': 'destructive',
      'aws lambda get-function --function-name x': 'read_only sensitive_read',
      'aws lambda get-function-configuration --function-name x --query State': 'read_only',
      "aws lambda list-functions --query 'Functions[].[FunctionName,Runtime]'": 'read_only',
      "aws lambda list-functions --query 'Functions[].Environment'": 'read_only sensitive_read',
      'aws logs tail /aws/lambda/x --since 1h': 'read_only',
      'aws logs filter-log-events --log-group-name x --filter-pattern ERROR': 'read_only',
      'aws logs delete-log-group --log-group-name x': 'destructive',
      'aws secretsmanager get-secret-value --secret-id x': 'read_only sensitive_read',
      'aws secretsmanager list-secrets': 'read_only',
      'aws ssm get-parameter --name x': 'read_only',
      'aws ssm get-parameter --name x --with-decryption': 'read_only sensitive_read',
      'aws ssm send-command --document-name x': 'destructive',
      'aws sts get-caller-identity': 'read_only',
      'aws sts assume-role --role-arn x --role-session-name y': 'read_only sensitive_read',
      'aws s3 ls s3://bucket/path/': 'read_only',
      'aws s3 cp s3://bucket/key -': 'read_only sensitive_read',
      'aws ecs describe-task-definition --task-definition x': 'read_only sensitive_read',
      "aws ecs describe-task-definition --task-definition x --query 'taskDefinition.containerDefinitions[].image'":
        'read_only',
      'aws dynamodb scan --table-name x': 'read_only sensitive_read',
      'aws s3 cp s3://bucket/key /srv/key': 'destructive',
      'aws s3 cp /srv/heap.hprof s3://bucket/': 'destructive sensitive_read egress',
      'aws s3 sync . s3://bucket --delete': 'destructive egress',
      'aws s3 mv s3://a/b s3://a/c': 'destructive egress',
      'aws s3 rm s3://a/b --recursive': 'destructive',
      'aws s3 mb s3://a': 'modifying',
      'aws s3 presign s3://a/b': 'read_only sensitive_read',
      'aws s3api list-objects-v2 --bucket x': 'read_only',
      'aws s3api get-object --bucket x --key y z': 'destructive',
      "aws dynamodb execute-statement --statement 'SELECT * FROM t'": 'read_only sensitive_read',
      "aws dynamodb execute-statement --statement 'DELETE FROM t WHERE a=1'": 'destructive sensitive_read',
      "aws athena start-query-execution --query-string 'SELECT 1'": 'modifying',
      "aws athena start-query-execution --query-string 'DROP TABLE t'": 'destructive',
      'aws configure list': 'read_only',
      'aws configure get aws_secret_access_key': 'read_only sensitive_read',
      'aws configure set region x': 'destructive',
      'aws eks update-kubeconfig --name x': 'modifying',
      'aws cloudformation deploy --stack-name x': 'destructive',
      'aws cloudformation describe-stack-events --stack-name x': 'read_only',
      'aws --version': 'read_only',
      'aws nosuchservice list-things': 'destructive',
      aws: 'destructive',
    },
  },
});

/** A service's rule. Its operations are unpacked when a command first names the service: there are thousands of them. */
function service(name: string): Rule {
  let unpacked: Rule['subcommands'];
  return {
    does: `asks for something of ${name}`,
    level: 'destructive',
    unlisted: 'deletes, runs code, decides about access, or is not known',
    get subcommands() {
      unpacked ??= operationsOfService(name);
      return unpacked;
    },
  };
}

/** The generated operations, then the secrets, then our own, each list overruling those before. */
function operationsOfService(name: string): NonNullable<Rule['subcommands']> {
  const { reads: reading = '', changes: changing = '' } = awsOperations[name] ?? {};
  const subcommands = new Map<string, Rule>([['wait', waits]]);
  for (const operation of operationsOf(reading)) subcommands.set(operation, reads);
  for (const operation of operationsOf(changing)) subcommands.set(operation, changes);
  for (const operation of (secrets[name] ?? '').split(' ').filter(Boolean)) subcommands.set(operation, secret);
  for (const [operations, rule] of Object.entries(own[name] ?? {}))
    for (const operation of operations.split(' ')) subcommands.set(operation, rule);
  return Object.fromEntries(subcommands);
}

/** `describe: instances volumes; scan:` → `describe-instances`, `describe-volumes`, `scan`. */
function operationsOf(grouped: string): string[] {
  return grouped.split('; ').flatMap((group) => {
    const [verb = '', rest = ''] = group.split(':');
    return rest
      .slice(1)
      .split(' ')
      .map((tail) => (tail === '' ? verb : `${verb}-${tail}`));
  });
}
