/** Argument table: helm and other cluster tools, terraform, ansible, and builders, which run what their files say. */
import { ownAddress, ownKubeconfig } from '../own.ts';
import type { Call, Effect, Rule, Table } from '../table.ts';
import { change, givenOptions } from './clients.ts';
import { clusterOptions } from './kubernetes.ts';

const helmEffects: Record<string, Effect> = {
  '--kubeconfig=': {
    does: 'takes access, and programs to run, from another file',
    level: 'destructive',
    unless: ownKubeconfig,
  },
  '--kube-apiserver=': { does: 'talks to another server', level: 'destructive', flag: 'egress', unless: ownAddress },
  '--kube-token=': { does: 'carries a credential in its words', flag: 'sensitive_read' },
  '--post-renderer= --post-renderer-args= --registry-config= --repository-config= --repository-cache= --content-cache= --keyring= --kube-insecure-skip-tls-verify --kube-ca-file=':
    { does: 'runs a program or trusts another file', level: 'destructive' },
};

const helmOptions =
  '-n: --namespace= --kube-context= --debug --burst-limit= --qps= --kube-as-user= --kube-as-group= --kube-tls-server-name= -h --help';

const helmListing =
  '-o: --output= -A --all-namespaces -a --all -q --short -f: --filter= -d --date -r --reverse --deployed --failed --pending --superseded --uninstalled --uninstalling --offset= -m: --max= --revision= --show-desc --show-resources --time-format= --no-headers -l: --selector= --template= --client --versions --devel --version= --regexp --max-col-width=';

function reading(does: string, options = '', more: Partial<Rule> = {}): Rule {
  return { does, level: 'read_only', operands: 'text', options, ...more };
}

const valueOptions =
  '-f: --values= --set= --set-string= --set-json= --set-literal= --name-template= --generate-name --version= --kube-version= -a: --api-versions= --include-crds --is-upgrade --no-hooks --skip-tests --skip-crds -s: --show-only= --strict --with-subcharts --quiet --release-name --description= --timeout= --wait --devel --validate --skip-schema-validation --hide-secret --labels= -l: --create-namespace -i --install --reuse-values --atomic --history-max= --render-subchart-notes --disable-openapi-validation --allow-unreleased --detailed-exitcode -C: --context= --output= --color --no-color --normalize-manifests --three-way-merge --show-secrets --dry-run[=]';

/** Values files and charts: secrets, and addresses from which they are fetched. */
function judgeChart(call: Call): void {
  for (const { value } of givenOptions(call, '-f', '--values', '--set-file'))
    if (value) call.use(value, /:\/\//.test(value.text) ? 'url' : 'reads');
  for (const word of call.operands) if (/:\/\//.test(word.text)) call.use(word, 'url');
  if (givenOptions(call, '--repo').length > 0) call.raise('repo', 'fetches a chart', 'read_only', 'egress');
}

const chartEffects: Record<string, Effect> = {
  '--output-dir=': { does: 'writes files', level: 'destructive' },
  '--dependency-update': { does: 'fetches charts into the chart', level: 'modifying', flag: 'egress' },
  '--username= --ca-file= --cert-file= --key-file= --insecure-skip-tls-verify --plain-http --pass-credentials --verify --enable-dns --password=':
    { does: 'fetches with credentials or other trust', level: 'modifying', flag: 'egress' },
};

const helm = (): Rule => ({
  does: 'shows how it is used',
  level: 'read_only',
  options: helmOptions,
  effects: helmEffects,
  subcommands: {
    'list ls status history hist version env': reading('shows releases', helmListing),
    get: {
      does: 'shows a release',
      level: 'read_only',
      subcommands: {
        'notes metadata hooks': reading('shows a release', helmListing),
        'values all manifest': reading('shows the values and secrets of a release', helmListing, {
          flag: 'sensitive_read',
        }),
      },
    },
    'template lint': reading('renders a chart', `${valueOptions} --repo= --set-file=`, {
      check: judgeChart,
      effects: chartEffects,
      examples: {
        'helm template ./x -f values.yaml': 'read_only',
        'helm template x --repo https://x.example': 'read_only egress',
        'helm template ./x --output-dir=y': 'destructive',
        'helm template ./x --dependency-update': 'modifying egress',
        'helm template ./x --password=y': 'modifying egress',
        'helm lint ./x': 'read_only',
        'helm template ./x --post-renderer ./y': 'destructive',
      },
    }),
    'show inspect': {
      does: 'shows a chart',
      level: 'read_only',
      options: '--repo= --version= --devel --jsonpath=',
      effects: chartEffects,
      subcommands: {
        'all chart readme values crds': {
          does: 'shows a chart',
          level: 'read_only',
          operands: 'text',
          check: judgeChart,
        },
      },
      examples: {
        'helm show values ./x': 'read_only',
        'helm show chart oci://x.example/y': 'read_only egress',
        'helm show all x --output-dir=y': 'destructive',
        'helm show all x --password=y': 'modifying egress',
      },
    },
    diff: {
      does: 'compares releases',
      level: 'read_only',
      options: valueOptions,
      subcommands: {
        'upgrade release revision rollback': reading('compares releases', '--repo= --set-file=', { check: judgeChart }),
      },
    },
    search: {
      does: 'searches charts',
      level: 'read_only',
      subcommands: {
        repo: reading('searches charts', helmListing),
        hub: reading('searches the hub', helmListing, { flag: 'egress' }),
      },
    },
    repo: {
      does: 'manages repositories',
      level: 'read_only',
      subcommands: {
        'list ls': reading('lists repositories', helmListing),
        'add update up index': {
          does: 'fetches repositories',
          level: 'modifying',
          flag: 'egress',
          options:
            '--force-update --skip-refresh --no-update --allow-deprecated-repos --timeout= --merge= --url= --json --fail-on-repo-update-fail',
          operands: 'text',
        },
        'remove rm': 'modifying',
      },
    },
    'dependency dep': {
      does: 'manages dependencies',
      level: 'read_only',
      subcommands: {
        'list ls': reading('lists dependencies', helmListing),
        'update up build': {
          does: 'fetches charts',
          level: 'modifying',
          flag: 'egress',
          options:
            '--force-update --skip-refresh --no-update --allow-deprecated-repos --timeout= --merge= --url= --json --fail-on-repo-update-fail',
          operands: 'text',
        },
      },
    },
    plugin: {
      does: 'lists plugins',
      level: 'read_only',
      subcommands: { 'list ls': 'read_only', 'install update uninstall': 'destructive' },
    },
    'upgrade install rollback': change('changes a release', 'modifying', {
      options: `${valueOptions} --repo= --set-file=`,
      effects: {
        '--recreate-pods --force-replace --force-conflicts --cleanup-on-fail --take-ownership --replace --force': {
          does: 'replaces or deletes resources',
          level: 'destructive',
        },
      },
      check: judgeChart,
      examples: {
        'helm upgrade x ./y': 'modifying',
        'helm upgrade --install x ./y --dry-run': 'read_only',
        'helm upgrade --force x ./y': 'destructive',
      },
    }),
    'uninstall delete del un': change('deletes a release', 'destructive'),
    test: 'modifying',
    'pull fetch': {
      does: 'fetches a chart',
      level: 'modifying',
      flag: 'egress',
      options: '--version= --devel --repo= --prov',
      effects: {
        '--untar --untardir= -d: --destination= --username= --password= --ca-file= --cert-file= --key-file= --insecure-skip-tls-verify --pass-credentials --plain-http --verify':
          { does: 'unpacks, or fetches with credentials', level: 'destructive' },
      },
      operands: 'text',
      examples: { 'helm pull x/y': 'modifying egress', 'helm pull x --verify': 'destructive egress' },
    },
    push: { does: 'sends a chart away', level: 'destructive', flag: 'egress', operands: 'text' },
    'package create verify registry completion secrets': 'destructive',
  },
  examples: {
    'helm list -A': 'read_only',
    'helm -n x history y --max 5': 'read_only',
    'helm get values x': 'read_only sensitive_read',
    'helm uninstall x': 'destructive',
    'helm uninstall x --dry-run': 'read_only',
    'helm rollback x 1': 'modifying',
    'helm list --kubeconfig=/tmp/x': 'destructive',
    'helm list --kube-apiserver=https://x': 'destructive egress',
    'helm list --kube-token=x': 'read_only sensitive_read',
    'helm list --kube-ca-file=x': 'destructive',
    'helm repo update': 'modifying egress',
    'helm x': 'destructive',
  },
});

/** Clients of what runs in a cluster: a level for each verb. */
function operator(
  does: string,
  reads: string,
  modifies: string,
  destroys: string,
  examples: Record<string, string>,
): Rule {
  return {
    does,
    level: 'read_only',
    options: `${clusterOptions} -o: --output= -A --all-namespaces -l: --selector= --since= --tail= -c: --container= --app-namespace= --grpc-web --core --timeout= -h --help --pre -p: --project= --show-operation --show-params --watch -w --kind= --no-header --status-selector= --details --verbose -r: --region= --name= --short --remote --client --fqdn= --port= --address= --direction= -i: --istioNamespace= --istio-namespace= --revision= -N: --repo= --group= -f --follow --source= --local-path= --exit-code --live --insecure-skip-tls-verify[=] --wait --wait-duration= --interactive[=] --ignore-unknown --failure-threshold= --color --recursive --namespace-selector= --level= --kube-version= -t: --time-window=`,
    effects: {
      '--kubeconfig=': { does: 'takes access from another file', level: 'destructive', unless: ownKubeconfig },
      '--refresh --hard-refresh': {
        does: 'has it compared anew, and synchronised where that is set',
        level: 'modifying',
      },
      '--config= --auth-token= --port-forward --plaintext --insecure --server=': {
        does: 'talks to another server',
        level: 'destructive',
        flag: 'egress',
      },
    },
    operands: 'text',
    subcommands: {
      ...(reads === '' ? {} : { [reads]: 'read_only' }),
      ...(modifies === '' ? {} : { [modifies]: 'modifying' }),
      ...(destroys === '' ? {} : { [destroys]: 'destructive' }),
    },
    examples,
  };
}

function operated(name: string, reads: string): Record<string, string> {
  return {
    [`${name} ${reads}`]: 'read_only',
    [`${name} --kubeconfig=/tmp/x ${reads}`]: 'destructive',
    [`${name} --server=x ${reads}`]: 'destructive egress',
    [`${name} ${reads} --hard-refresh`]: 'modifying',
    [`${name} delete x`]: 'destructive',
  };
}

const listed: Rule['subcommands'] = { 'list get describe logs history diff resources manifests status': 'read_only' };

const terraformOptions =
  '-no-color -json -lock: -lock-timeout: -input: -refresh: -refresh-only -target: -replace: -compact-warnings -parallelism: -detailed-exitcode -var: -var-file: -state: -id: -module-depth: -type: -draw-cycles -help -version -verbose -concise -destroy -exclude: -raw';

const terraformEffects: Record<string, Effect> = {
  '-out: -generate-config-out: -state-out: -backup: -chdir:': {
    does: 'writes files, or works in another folder',
    level: 'destructive',
    unless: /^(?:\.|\/(?!tmp|dev|var\/tmp)[\w./-]+|[\w-][\w./-]*)$/,
  },
};

const planEffects: Record<string, Effect> = {
  '-out: -generate-config-out:': { value: 'overwrites' },
};

/** `output NAME`, `-raw` and `-json` show what a bare `output` masks. */
function judgeOutput(call: Call): void {
  if (call.operands.length > 0 || call.options.some((option) => /^-(?:raw|json)$/.test(option.name)))
    call.raise('secret', 'shows outputs that may be secret', 'read_only', 'sensitive_read');
}

function judgeFormat(call: Call): void {
  const harmless = call.options.some(
    (option) =>
      (option.name === '-check' && option.value === null) ||
      (option.name === '-write' && option.value?.text === 'false'),
  );
  if (!harmless) call.raise('write', 'rewrites files', 'modifying');
}

const terraform = (): Rule => ({
  does: 'shows how it is used',
  level: 'read_only',
  style: 'word',
  options: terraformOptions,
  effects: terraformEffects,
  operands: 'text',
  subcommands: {
    'version validate graph': { does: 'checks a configuration', level: 'read_only', operands: 'text' },
    providers: {
      does: 'lists providers',
      level: 'read_only',
      subcommands: { schema: 'read_only', 'lock mirror': 'destructive' },
    },
    modules: 'read_only',
    metadata: { does: 'lists functions', level: 'read_only', subcommands: { functions: 'read_only' } },
    plan: {
      does: 'compares the configuration with what exists',
      level: 'read_only',
      operands: 'names',
      effects: planEffects,
      check: (call) => {
        for (const { value } of givenOptions(call, '-var-file')) if (value) call.use(value, 'reads');
      },
    },
    show: {
      does: 'shows the state or a plan',
      level: 'read_only',
      operands: 'names',
      check: (call) => {
        if (givenOptions(call, '-json').length > 0)
          call.raise('secret', 'shows secrets of the state', 'read_only', 'sensitive_read');
      },
    },
    output: { does: 'shows outputs', level: 'read_only', operands: 'text', check: judgeOutput },
    fmt: {
      does: 'checks how files are written',
      level: 'read_only',
      options: '-check -diff -recursive -list: -write:',
      operands: 'text',
      check: judgeFormat,
    },
    state: {
      does: 'manages the state',
      level: 'read_only',
      subcommands: {
        'list show': { does: 'shows the state', level: 'read_only', operands: 'text' },
        pull: { does: 'shows secrets of the state', level: 'read_only', flag: 'sensitive_read' },
        'rm mv push replace-provider': 'destructive',
      },
    },
    workspace: {
      does: 'manages workspaces',
      level: 'read_only',
      subcommands: { 'list show': 'read_only', 'select new': 'modifying', delete: 'destructive' },
    },
    init: {
      does: 'fetches providers and modules',
      level: 'modifying',
      flag: 'egress',
      options: '-get: -backend: -lockfile: -test-directory: -ignore-remote-version',
      effects: {
        '-migrate-state -force-copy -reconfigure -from-module: -plugin-dir: -backend-config: -upgrade': {
          does: 'changes where the state or the programs come from',
          level: 'destructive',
        },
      },
      examples: { 'terraform init -input=false': 'modifying egress', 'terraform init -upgrade': 'destructive egress' },
    },
    'import taint untaint refresh get': 'modifying',
    'apply destroy console force-unlock login logout test stacks cloud env query': 'destructive',
  },
  examples: {
    'terraform plan -detailed-exitcode -lock=false': 'read_only',
    'terraform plan -out=x': 'destructive',
    'terraform -chdir=/srv/infra plan': 'read_only',
    'terraform -chdir=/tmp/x plan': 'destructive',
    'terraform state list': 'read_only',
    'terraform state rm x': 'destructive',
    'terraform output -json': 'read_only sensitive_read',
    'terraform output': 'read_only',
    'terraform show -json': 'read_only sensitive_read',
    'terraform fmt -check -diff': 'read_only',
    'terraform fmt': 'modifying',
    'terraform apply -auto-approve': 'destructive',
    'terraform workspace show': 'read_only',
  },
});

const inventoryOptions =
  '-l: --limit= -e: --extra-vars= -v -vv -vvv -u: --user= -f: --forks= -t: --tags= --skip-tags= --ask-vault-pass -b --become -k -K --yaml --toml --graph --host= --list --vars --export';

/** An inventory may be a program. */
const plainInventory = /^(?:[\w./-]+\.(?:ini|ya?ml)|[\w.-]+,)$/;

const ansibleEffects: Record<string, Effect> = {
  '-i: --inventory-file= --inventory=': {
    does: 'reads an inventory that may be a program',
    level: 'destructive',
    unless: plainInventory,
  },
  '--flush-cache': { does: 'forgets the facts of the machines', level: 'modifying' },
  '-M: --playbook-dir= --vault-password-file= --vault-id= --module-path=': {
    does: 'may run a local program',
    level: 'destructive',
  },
};

function ansible(modes: string, examples: Record<string, string>): Rule {
  return {
    does: 'runs tasks on other machines',
    level: 'destructive',
    options: `${inventoryOptions} -m: --module-name= -a: --args= -c: --connection=`,
    modes: { [modes]: 'read_only' },
    effects: ansibleEffects,
    operands: 'text',
    examples,
  };
}

export const infrastructure = (): Table => ({
  helm: helm(),
  'stern kail': {
    does: 'shows logs of many pods',
    level: 'read_only',
    options: `${clusterOptions} -A --all-namespaces -c: --container= --container-state= -e: --exclude= -i: --include= -l: --selector= -o: --output= -s: --since= --tail= -t --timestamps[=] --template= --no-follow --color= --ephemeral-containers --init-containers --exclude-pod= --exclude-container= --field-selector= --max-log-requests=`,
    effects: {
      '--template-file= --config= --server= --kubeconfig=': {
        does: 'takes access from another file',
        level: 'destructive',
        unless: ownKubeconfig,
      },
    },
    operands: 'text',
    examples: { 'stern web --since 5m': 'read_only', 'stern web --kubeconfig=/tmp/x': 'destructive' },
  },
  argocd: {
    ...operator('shows how it is used', 'version', '', 'login logout delete', operated('argocd', 'version')),
    subcommands: {
      app: {
        does: 'manages applications',
        level: 'read_only',
        subcommands: {
          ...listed,
          'sync rollback set unset create edit patch terminate-op wait actions': 'modifying',
          'delete delete-resource patch-resource': 'destructive',
        },
      },
      'appset proj repo repocreds': {
        does: 'manages projects',
        level: 'read_only',
        subcommands: { 'list get': 'read_only', 'create add edit set': 'modifying', 'delete rm': 'destructive' },
      },
      cluster: {
        does: 'manages clusters',
        level: 'read_only',
        subcommands: { 'list get': 'read_only', 'add rm set rotate-auth': 'destructive' },
      },
      version: 'read_only',
      'login logout relogin account admin cert context delete': 'destructive',
    },
  },
  flux: operator(
    'shows how it is used',
    'get logs events stats check version tree trace diff',
    'reconcile suspend resume',
    'delete uninstall bootstrap create install push pull export debug',
    operated('flux', 'get all'),
  ),
  istioctl: {
    ...operator('shows how it is used', 'version', '', 'delete', operated('istioctl', 'proxy-status')),
    subcommands: {
      'proxy-status ps version analyze x-describe': 'read_only',
      'proxy-config pc': {
        does: 'shows what a proxy does',
        level: 'read_only',
        subcommands: {
          'cluster clusters c listener listeners l route routes r endpoint endpoints ep bootstrap b all a ecds':
            'read_only',
          'log secret s rootca-compare': 'destructive',
        },
      },
      'install uninstall upgrade kube-inject dashboard delete': 'destructive',
    },
  },
  velero: {
    ...operator(
      'shows how it is used',
      'version get describe',
      'create',
      'delete install uninstall',
      operated('velero', 'get backups'),
    ),
    subcommands: {
      'version get describe': 'read_only',
      create: 'modifying',
      'backup restore schedule backup-location snapshot-location repo': {
        does: 'manages backups',
        level: 'read_only',
        subcommands: {
          'get describe logs': 'read_only',
          'create pause unpause': 'modifying',
          'delete download set': 'destructive',
        },
      },
      'delete install uninstall': 'destructive',
    },
  },
  cilium: {
    ...operator(
      'shows how it is used',
      'status version',
      '',
      'install uninstall delete upgrade config hubble connectivity',
      operated('cilium', 'status'),
    ),
    subcommands: {
      'status version': 'read_only',
      'endpoint service node identity ip policy map metrics encrypt fqdn lrp': {
        does: 'shows what an agent knows',
        level: 'destructive',
        subcommands: { 'list get health log status selectors': 'read_only' },
        examples: { 'cilium endpoint list': 'read_only', 'cilium endpoint disconnect 1': 'destructive' },
      },
    },
  },
  linkerd: {
    ...operator(
      'shows how it is used',
      'version check',
      '',
      'install uninstall upgrade inject uninject prune repair profile delete',
      operated('linkerd', 'check'),
    ),
    subcommands: {
      'version check stat edges routes': 'read_only',
      'viz diagnostics': {
        does: 'shows what a mesh does',
        level: 'read_only',
        subcommands: {
          'stat stat-inbound stat-outbound edges routes check list top endpoints proxy-metrics controller-metrics policy':
            'read_only',
        },
        examples: { 'linkerd viz stat deploy -n x': 'read_only', 'linkerd viz install': 'destructive' },
      },
      'install uninstall upgrade inject uninject prune repair profile delete': 'destructive',
    },
  },
  eksctl: operator(
    'shows how it is used',
    'get version info',
    'scale set create',
    'delete drain upgrade utils anywhere',
    operated('eksctl', 'get cluster'),
  ),
  'terraform tofu': terraform(),
  'terragrunt pulumi cdk cdktf packer vagrant serverless sam copilot eb skaffold tilt helmfile kustomize k9s': {
    does: 'runs what its files say',
    level: 'destructive',
    modes: { '--version': 'read_only' },
    operands: 'names',
    check: (call) => {
      if (call.words.length > 1) call.raise('runs', 'runs what its files say', 'destructive');
    },
    examples: { 'terragrunt apply': 'destructive', 'pulumi --version': 'read_only' },
  },
  'make gmake ninja cmake ctest just task rake gradle gradlew mvn ant bazel meson scons tox nox invoke fab cargo go npm npx yarn pnpm':
    {
      does: 'runs what its files say',
      level: 'destructive',
      modes: { '--version -v': 'read_only' },
      operands: 'names',
      check: (call) => {
        // For the others -v is no version: they run, and say more.
        const version = /^(?:g?make|gradlew?|mvn|npm|npx|yarn|pnpm)$/.test(call.rule);
        if (call.words.length > 1 || (!version && call.options.some((option) => option.name === '-v')))
          call.raise('runs', 'runs what its files say', 'destructive');
      },
      examples: {
        'ninja -v': 'destructive',
        'rake -v': 'destructive',
        'make -v': 'read_only',
        make: 'destructive',
        'make -n': 'destructive',
        'make --version': 'read_only',
        'make -v clean': 'destructive',
      },
    },
  ansible: ansible('--list-hosts --version', {
    'ansible all -m ping': 'destructive',
    'ansible web --list-hosts': 'read_only',
    'ansible web --list-hosts --flush-cache': 'modifying',
    'ansible web --list-hosts -i ./x.sh --inventory=y': 'destructive',
    'ansible web -i hosts.ini --list-hosts': 'read_only',
    'ansible web --list-hosts --module-path=x': 'destructive',
  }),
  'ansible-pull ansible-console ansible-galaxy': ansible('--version', {
    'ansible-pull --version': 'read_only',
    'ansible-pull --version --flush-cache': 'modifying',
    'ansible-pull --list-hosts -U x': 'destructive',
    'ansible-galaxy install --inventory=x --module-path=y': 'destructive',
  }),
  'ansible-playbook': ansible('--list-hosts --list-tasks --list-tags --syntax-check --version', {
    'ansible-playbook x.yml': 'destructive',
    'ansible-playbook x.yml --check': 'destructive',
    'ansible-playbook x.yml --syntax-check': 'read_only',
    'ansible-playbook x.yml --list-hosts --flush-cache': 'modifying',
    'ansible-playbook x.yml --list-tasks --inventory=x.sh --module-path=y': 'destructive',
  }),
  'ansible-inventory': {
    does: 'shows the inventory',
    level: 'read_only',
    options: inventoryOptions,
    effects: {
      ...ansibleEffects,
      '--host= --vars --list': { does: 'shows variables, which may be secret', flag: 'sensitive_read' },
      '--output=': { value: 'overwrites' },
    },
    operands: 'text',
    examples: {
      'ansible-inventory -i hosts.ini --graph': 'read_only',
      'ansible-inventory --graph --flush-cache': 'modifying',
      'ansible-inventory --list': 'read_only sensitive_read',
      'ansible-inventory --inventory=x.sh --module-path=y --graph': 'destructive',
    },
  },
  'ansible-doc ansible-config': {
    does: 'shows documentation or settings',
    level: 'read_only',
    options: '-l --list -t: --type= -s --snippet -j --json --only-changed -v --version',
    operands: 'text',
    check: (call) => {
      if (call.rule === 'ansible-config' && !/^(?:view|dump|list)$/.test(call.operands[0]?.text ?? ''))
        call.raise('change', 'changes settings', 'destructive');
    },
    examples: {
      'ansible-doc copy': 'read_only',
      'ansible-config dump --only-changed': 'read_only',
      'ansible-config init': 'destructive',
    },
  },
  'ansible-vault': {
    does: 'manages secrets',
    level: 'destructive',
    flag: 'sensitive_read',
    examples: { 'ansible-vault view x': 'destructive sensitive_read' },
  },
});
