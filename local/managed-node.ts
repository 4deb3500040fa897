/** The managed node: an HTTP server that speaks the part of the SSM API that Run Command needs, before virtual hosts. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { CloudWatchClient, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { type RunDocument, runDocument } from '../core/derive/run-document.ts';
import { account, credentials, region } from './emulator.ts';
import { Access, type Resource } from './ssm/access.ts';
import type { SendCommandInput } from './ssm/command.ts';
import { described } from './ssm/document.ts';
import { SsmError } from './ssm/error.ts';
import { Faults, Unanswered } from './ssm/faults.ts';
import { instanceInformation } from './ssm/instances.ts';
import { RunCommand } from './ssm/run-command.ts';
import { foreignHost, type HostDefinition, VirtualHost, webHost } from './virtual-host.ts';

/** A command that was accepted. */
export interface SentCommand {
  readonly commandId: string;
  readonly documentName: string;
  readonly instanceIds: readonly string[];
  /** The dispatch key. */
  readonly comment: string;
  /** Decoded from the parameter. */
  readonly script: string;
  readonly parameters: Readonly<Record<string, readonly string[]>>;
}

export interface ManagedNode {
  /** The SSM endpoint. */
  readonly url: string;
  readonly hosts: readonly VirtualHost[];
  readonly commands: readonly SentCommand[];
  /** What tests let go wrong. */
  readonly faults: Faults;
  /** Publishes every host's metrics now, as the agent on it would. */
  publish(): Promise<void>;
  stop(): Promise<void>;
}

export interface ManagedNodeOptions {
  readonly emulatorEndpoint: string;
  readonly hosts?: readonly HostDefinition[];
  /** Publish a host's metrics after every run on it. */
  readonly publishMetrics?: boolean;
  readonly documents?: readonly RunDocument[];
}

export async function startManagedNode(options: ManagedNodeOptions): Promise<ManagedNode> {
  const { emulatorEndpoint: endpoint, publishMetrics = true, documents = [runDocument()] } = options;
  const hosts = (options.hosts ?? [webHost, foreignHost]).map((definition) => new VirtualHost(definition));
  const cloudwatch = new CloudWatchClient({ endpoint, region, credentials });
  const publish = (host: VirtualHost) => putMetrics(cloudwatch, host);
  // A metric that cannot be published fails no run: the emulator may be going down at the same time.
  const afterRun = async ({ definition }: Pick<VirtualHost, 'definition'>) => {
    const host = hosts.find((known) => known.definition === definition);
    if (publishMetrics && host) await publish(host).catch(() => {});
  };
  const faults = new Faults();
  const runCommand = new RunCommand(documents, hosts, afterRun, faults);
  const commands: SentCommand[] = [];
  const operations = operationsOf(runCommand, hosts, commands, faults);
  const access = new Access(endpoint);
  const server = createServer((request, response) => void answer(request, response, operations, access, faults));
  await listen(server);
  return {
    url: `http://127.0.0.1:${portOf(server)}`,
    hosts,
    commands,
    faults,
    async publish() {
      await Promise.all(hosts.map(publish));
    },
    async stop() {
      server.closeAllConnections();
      await Promise.all([new Promise((resolve) => server.close(resolve)), ...hosts.map((host) => host.stop())]);
      cloudwatch.destroy();
    },
  };
}

interface Operation {
  /** What IAM is asked about; none = the action has no resource types and is asked on `*`. */
  resources(input: never): readonly Resource[];
  perform(input: never): unknown;
}

type Operations = Readonly<Record<string, Operation>>;

function operationsOf(
  runCommand: RunCommand,
  hosts: readonly VirtualHost[],
  commands: SentCommand[],
  faults: Faults,
): Operations {
  const definitions = hosts.map(({ definition }) => definition);
  const none = () => [];
  const named = ({ Name }: { Name: string }) => [documentResource(Name)];
  const document = ({ Name, DocumentVersion }: { Name: string; DocumentVersion?: string }) =>
    runCommand.document(Name, DocumentVersion);
  return {
    SendCommand: {
      resources: ({ DocumentName, InstanceIds = [] }: SendCommandInput) => [
        documentResource(DocumentName),
        ...InstanceIds.map((id) => instanceResource(id, hosts)),
      ],
      perform: (input: SendCommandInput) => {
        const sent = runCommand.send(input);
        commands.push(recorded(sent.Command.CommandId, input));
        return sent;
      },
    },
    GetCommandInvocation: { resources: none, perform: (input) => runCommand.getInvocation(input) },
    ListCommands: { resources: none, perform: (input) => runCommand.list(input) },
    ListCommandInvocations: { resources: none, perform: (input) => runCommand.listInvocations(input) },
    CancelCommand: { resources: none, perform: (input) => runCommand.cancel(input) },
    DescribeInstanceInformation: {
      resources: none,
      perform: (input) => instanceInformation(definitions, input, (id) => faults.pingStatus(id)),
    },
    DescribeDocument: {
      resources: named,
      perform: (input: Parameters<typeof document>[0]) => ({ Document: described(document(input), account) }),
    },
    GetDocument: {
      resources: named,
      perform: (input: Parameters<typeof document>[0]) => {
        const { name, content } = document(input);
        const version = { DocumentVersion: '1', Status: 'Active', DocumentType: 'Command', DocumentFormat: 'JSON' };
        return { Name: name, Content: content, ...version };
      },
    },
    ListTagsForResource: {
      resources: none,
      perform: ({ ResourceId }: { ResourceId: string }) => {
        throw new SsmError('InvalidResourceId', `${ResourceId}: only mi-… nodes have tags here, and there is none`);
      },
    },
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  operations: Operations,
  access: Access,
  faults: Faults,
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  const say = (status: number, text: string) =>
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(text);
  try {
    const action = /^AmazonSSM\.(\w+)$/.exec(String(request.headers['x-amz-target']))?.[1] ?? '';
    const operation = Object.hasOwn(operations, action) ? operations[action] : undefined;
    if (!operation) throw unknownOperation(request, operations);
    const input = JSON.parse(body.toString() || '{}') as never;
    const refusal = await access.refusal(
      { headers: request.headers, body },
      `ssm:${action}`,
      operation.resources(input),
    );
    if (refusal) say(refusal.status, refusal.body);
    else say(200, JSON.stringify(faults.perform(action, () => operation.perform(input))));
  } catch (error) {
    if (error instanceof Unanswered && error.kind === 'hanging') return;
    if (error instanceof Unanswered && error.kind === 'reset') return void request.socket.destroy();
    const known = error instanceof SsmError;
    const message = error instanceof Error ? error.message : String(error);
    say(
      known && error.name !== 'InternalServerError' ? 400 : 500,
      JSON.stringify({ __type: known ? error.name : 'InternalServerError', message }),
    );
  }
}

function unknownOperation(request: IncomingMessage, operations: Operations): SsmError {
  const asked = request.headers['x-amz-target'] ?? `${request.method} ${request.url}`;
  return new SsmError(
    'UnknownOperationException',
    `${asked}: the local managed node speaks only ${Object.keys(operations).join(', ')}`,
  );
}

function documentResource(name: string): Resource {
  const owner = name.startsWith('AWS-') ? '' : account;
  return { arn: name.startsWith('arn:') ? name : `arn:aws:ssm:${region}:${owner}:document/${name}`, tags: {} };
}

function instanceResource(id: string, hosts: readonly VirtualHost[]): Resource {
  const tags = hosts.find(({ definition }) => definition.instanceId === id)?.definition.tags ?? {};
  return { arn: `arn:aws:ec2:${region}:${account}:instance/${id}`, tags };
}

function recorded(commandId: string, input: SendCommandInput): SentCommand {
  return {
    commandId,
    documentName: input.DocumentName,
    instanceIds: input.InstanceIds ?? [],
    comment: input.Comment ?? '',
    script: Buffer.from(input.Parameters?.Script?.[0] ?? '', 'base64').toString(),
    parameters: input.Parameters ?? {},
  };
}

/** CloudWatch takes one namespace a call. */
async function putMetrics(client: CloudWatchClient, host: VirtualHost): Promise<void> {
  const byNamespace = Map.groupBy(await host.measure(), ({ namespace }) => namespace);
  for (const [Namespace, measured] of byNamespace) {
    const MetricData = measured.map(({ name, dimensions, value }) => ({
      MetricName: name,
      Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
      Value: value,
      Timestamp: new Date(),
      Unit: name.endsWith('_percent') ? ('Percent' as const) : ('None' as const),
    }));
    await client.send(new PutMetricDataCommand({ Namespace, MetricData }));
  }
}

function listen(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.on('error', reject).listen(0, '127.0.0.1', resolve);
  });
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address ? address.port : 0;
}
