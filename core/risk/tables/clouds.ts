/** Argument table: gcloud and az by their verbs, and the agents that clouds install on their machines. */
import type { Argument } from '../arguments.ts';
import type { Call, Rule, Table } from '../table.ts';

/** Groups of gcloud under which `list` and `describe` only read. */
const gcloudGroups = new Set(
  'alpha beta access-approval ai app apps artifacts auth backend-services backends bigtable billing builds certificate-manager certificates clusters composer compute configurations container containers data-catalog databases dataflow dataproc deploy deployment-manager disks dns domains endpoints environments eventarc events executions filestore firewall-policies firewall-rules firestore forwarding-rules functions health-checks iam iap images instance-groups instance-templates instances interconnects jobs keyrings keys kms locations logging logs machine-types managed managed-zones metrics migration models monitoring nat network-endpoint-groups networks node-pools operations org-policies organizations policies project-info projects pubsub redis regions repositories resource-manager revisions roles routers routes run scheduler secrets security-policies service-accounts services sinks snapshots source spanner sql ssl-certificates storage subnets subscriptions target-http-proxies target-https-proxies target-pools tasks topics triggers uptime url-maps users versions vpc-access vpn-gateways vpn-tunnels workflows zones backups buckets objects flags tiers queues record-sets notification-channels dashboards budgets accounts instance-configs'.split(
    ' ',
  ),
);
const gcloudReads =
  /^(?:list|describe|list-\w[\w-]*|get-(?:iam-policy|ancestors|serial-port-output|health|status|server-config|ancestors-iam-policy|nat-mapping-info|guest-attributes|effective-firewalls|nat-ip-info)|read|tail|logs|info|version|get-value|ls|du|history)$/;

const azReads =
  /^(?:list|show|list-\w[\w-]*|get-\w[\w-]*|show-\w[\w-]*|exists|check-\w[\w-]*|version|query|tail|is-\w+)$/;
const azSecrets =
  /secret|credential|connection-string|appsettings|(?:^| )keys?(?: |$)|list-keys|access-token|sas|publishing|password|token/;

/**
 * The words up to the first that is no group are a path; the next one is the verb, and it alone decides.
 *
 * @param isGroup whether a word may stand before the verb.
 */
function judgeVerb(call: Call, isGroup: (word: Argument, index: number) => boolean, reads: RegExp): string {
  const at = call.operands.findIndex((word, index) => !word.literal || !isGroup(word, index));
  const verb = call.operands[at];
  const early = call.options.some(
    (option) => option.known === null && verb !== undefined && option.word.start < verb.start,
  );
  if (verb?.literal && reads.test(verb.text) && !early) {
    return call.operands
      .slice(0, at + 1)
      .map((word) => word.text)
      .join(' ');
  }
  call.raise('verb', `is not known to only read: ${verb?.text ?? 'no verb'}`, 'destructive');
  return '';
}

function judgeGcloud(call: Call): void {
  if (call.words.length === 0) return;
  if (
    call.operands
      .slice(0, 3)
      .map((word) => word.text)
      .join(' ') === 'config configurations list'
  )
    return;
  const path = judgeVerb(call, (word) => gcloudGroups.has(word.text), /^/);
  const [group] = call.operands;
  if (
    /^config (?:list|get-value|get)$/.test(
      call.operands
        .slice(0, 2)
        .map((word) => word.text)
        .join(' '),
    ) ||
    /^(?:info|version)$/.test(group?.text ?? '')
  )
    return;
  if (
    /^(?:auth (?:print-\w[\w-]*|application-default print-access-token)|(?:alpha |beta )?secrets versions access)$/.test(
      path,
    ) ||
    path.startsWith('secrets versions access')
  ) {
    call.raise('secret', 'shows a credential', 'read_only', 'sensitive_read');
    return;
  }
  if (
    /^(?:(?:alpha|beta) )?(?:functions|run (?:services|jobs|revisions|executions)|app versions|builds|composer environments) describe$/.test(
      path,
    )
  )
    call.raise('environment', 'shows the environment of programs', 'read_only', 'sensitive_read');
  const verb = path.split(' ').at(-1) ?? '';
  if (path === '' || !gcloudReads.test(verb) || !path.includes(' '))
    call.raise('verb', `is not known to only read: ${verb || 'no verb'}`, 'destructive');
}

const azGroups =
  /^(?:account|acr|ad|advisor|aks|ams|appservice|apim|backup|batch|bicep|billing|cdn|cloud|cognitiveservices|consumption|container|containerapp|cosmosdb|deployment|disk|dns|dns-|eventgrid|eventhubs|extension|feature|functionapp|group|hdinsight|identity|image|iot|keyvault|lock|logicapp|maintenance|mariadb|monitor|mysql|netappfiles|network|nodepool|operation|policy|postgres|ppg|private-dns|provider|redis|relay|repository|resource|role|search|security|servicebus|sf|sig|signalr|snapshot|sql|sshkey|staticwebapp|storage|synapse|tag|vm|vmss|webapp|secret|key|certificate|alert|metrics|log-analytics|activity-log|diagnostic-settings|autoscale|action-group|nsg|rule|vnet|subnet|nic|public-ip|lb|application-gateway|route-table|route|firewall|vpn-gateway|vnet-gateway|traffic-manager|profile|private-endpoint|server|db|flexible-server|blob|share|queue|table|run-command|extension|encryption|config|appsettings|connection-string|log|plan|slot|topic|subscription|namespace|assignment|definition|sub|app|sp|user|member|workspace|keys|credential|usage|location|cache|record-set|zone|health|address-pool|probe|watcher|front-door|endpoint|origin|revision|replica|job|execution|logs|container|instance-view|definition|set)$/;

function judgeAz(call: Call): void {
  if (call.words.length === 0) return;
  const path = judgeVerb(call, (word) => azGroups.test(word.text), azReads);
  if (azSecrets.test(path) || /^(?:container|containerapp(?: \w+)*|batch pool|batch job) (?:show|list)$/.test(path))
    call.raise('secret', 'may show secrets', 'read_only', 'sensitive_read');
  if (/aks get-credentials|browse/.test(path))
    call.raise('writes', 'writes credentials into a file', 'destructive', 'sensitive_read');
}

function agent(does: string, more: Partial<Rule> = {}): Rule {
  return { does, level: 'read_only', operands: 'text', ...more };
}

/** `-a status` is the only action of the agent's control script that changes nothing. */
function judgeAction(call: Call): void {
  const actions = call.options.filter((option) => option.name === '-a');
  if (actions.length !== 1 || actions[0]?.value?.text !== 'status')
    call.raise('action', 'starts, stops or reconfigures the agent', 'modifying');
}

export const clouds = (): Table => ({
  gcloud: {
    does: 'shows how it is used',
    level: 'read_only',
    parameters: 'request',
    options:
      '--project= --format= --filter= --limit= --region= --zone= --zones= --regions= --sort-by= --page-size= --verbosity= --account= --billing-project= --configuration= --flatten= --quiet -q --location= --freshness= --order= --cluster= --instance= --service= --database= --secret= --user-output-enabled --uri --global --all --version --help',
    effects: {
      '--flags-file= --access-token-file= --impersonate-service-account= --capture-session-file= --trace-token= --log-http= --destination=':
        {
          does: 'takes options or access from elsewhere',
          level: 'destructive',
        },
    },
    operands: 'text',
    check: judgeGcloud,
    examples: {
      'gcloud compute instances list --project x': 'read_only',
      'gcloud compute instances delete list': 'destructive',
      'gcloud --odd list compute instances delete x': 'destructive',
      'gcloud secrets versions access latest --secret=x': 'read_only sensitive_read',
      'gcloud auth print-access-token': 'read_only sensitive_read',
      'gcloud compute ssh x --command ls': 'destructive',
      "gcloud logging read 'severity>=ERROR' --limit 50": 'read_only',
      'gcloud config list': 'read_only',
      'gcloud run services describe x': 'read_only sensitive_read',
      'gcloud compute instances list --flags-file=x --destination=y': 'destructive',
    },
  },
  az: {
    does: 'shows how it is used',
    level: 'read_only',
    parameters: 'request',
    options:
      '-g: --resource-group= -n: --name= -o: --output= --query= --subscription= -l: --location= --ids= --only-show-errors --verbose --debug -d --show-details --resource= --metric= --metrics= --interval= --start-time= --end-time= --offset= --server= --vault-name= --account-name= --top= --filter= --workspace= -w: --version --help',
    effects: { '--file= -f: --output-file=': { does: 'writes a file', level: 'destructive' } },
    operands: 'text',
    check: judgeAz,
    examples: {
      'az vm list -o table': 'read_only',
      'az vm delete -n list': 'destructive',
      'az container show -n x': 'read_only sensitive_read',
      'az vm delete list': 'destructive',
      'az keyvault secret show --vault-name x -n y': 'read_only sensitive_read',
      'az account get-access-token': 'read_only sensitive_read',
      'az aks get-credentials -n x': 'destructive sensitive_read',
      'az keyvault secret list --output-file=x': 'destructive sensitive_read',
      'az rest --method delete': 'destructive',
    },
  },
  'cloud-init': {
    does: 'shows how it is used',
    level: 'read_only',
    options: '--long --wait --format= -d --debug --version -v',
    subcommands: {
      'status features schema': agent('shows how the machine was set up', {
        options: '--system --annotate -t: --schema-type= --docs=',
        effects: { '-c: --config-file=': { value: 'reads' } },
      }),
      analyze: agent('shows how long the set-up took', {
        effects: { '-i: --infile=': { value: 'reads' }, '-o: --outfile=': { value: 'overwrites' } },
      }),
      query: agent('shows the data of the machine', {
        options: '-f: -a --all --list-keys -l',
        check: (call) => {
          if (
            call.options.some((option) => /^(?:-a|--all|-f)$/.test(option.name)) ||
            call.operands.some((word) => !word.literal || /user|vendor|secret|key/i.test(word.text))
          )
            call.raise('secret', 'may show secrets of the user data', 'read_only', 'sensitive_read');
        },
      }),
      'clean init modules single collect-logs devel': 'destructive',
    },
    examples: {
      'cloud-init status --long': 'read_only',
      'cloud-init query userdata': 'read_only sensitive_read',
      'cloud-init analyze blame': 'read_only',
      'cloud-init clean --logs': 'destructive',
    },
  },
  'cloud-id ec2metadata ec2-metadata': {
    does: 'shows the data of the machine',
    level: 'read_only',
    options:
      '-a -b -d -h -i -k -l -m -n -o -p -r -s -t -v -z --ami-id --ami-launch-index --ami-manifest-path --ancestor-ami-ids --block-device-mapping --instance-id --instance-type --local-hostname --local-ipv4 --kernel-id --availability-zone --region --partition --product-codes --public-hostname --public-ipv4 --public-keys --ramdisk-id --reservation-id --security-groups --tags --quiet --help -j --json --long --force',
    operands: 'text',
    effects: {
      '--url=': { value: 'url' },
      '-u --user-data --all': { does: 'shows the user data, which may hold secrets', flag: 'sensitive_read' },
    },
    examples: {
      'cloud-id': 'read_only',
      'ec2-metadata -i': 'read_only',
      'ec2-metadata --all': 'read_only sensitive_read',
      'ec2-metadata --user-data': 'read_only sensitive_read',
    },
  },
  'ssm-cli': {
    does: 'asks the agent',
    level: 'read_only',
    options: '--output= --output',
    subcommands: { 'get-instance-information get-diagnostics get-parameters': 'read_only' },
    examples: { 'ssm-cli get-diagnostics --output table': 'read_only', 'ssm-cli x': 'destructive' },
  },
  'amazon-ssm-agent': {
    does: 'runs or registers the agent',
    level: 'destructive',
    style: 'word',
    modes: { '-version -V': 'read_only' },
    options: '-fingerprint',
    effects: {
      '-register -clear -id: -code: -region: -y': { does: 'registers the agent elsewhere', level: 'destructive' },
    },
    examples: { 'amazon-ssm-agent -version': 'read_only', 'amazon-ssm-agent -register -y': 'destructive' },
  },
  'amazon-cloudwatch-agent-ctl': {
    does: 'controls the agent',
    level: 'read_only',
    options: '-a: -m: -c: -s',
    operands: 'text',
    check: judgeAction,
    examples: {
      'amazon-cloudwatch-agent-ctl -a status': 'read_only',
      'amazon-cloudwatch-agent-ctl -m ec2 -a stop': 'modifying',
    },
  },
});
