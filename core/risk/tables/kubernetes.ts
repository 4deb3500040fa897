/** Argument table: kubectl, and the distributions' tools that carry it. */
import type { Argument } from '../arguments.ts';
import { ownAddress, ownKubeconfig } from '../own.ts';
import type { Call, Effect, Rule, Table } from '../table.ts';
import { change, givenOptions, judgeAs, judgeFiles, textsOf } from './clients.ts';

export const clusterOptions =
  '-n: --namespace= --context= --cluster= --user= --username= --request-timeout= -v: --v= --as= --as-group= --as-uid= --match-server-version --warnings-as-errors --disable-compression --tls-server-name= --log-flush-frequency= --vmodule= --logtostderr[=] --alsologtostderr[=]';

const clusterEffects: Record<string, Effect> = {
  '--kubeconfig=': {
    does: 'takes access, and programs to run, from another file',
    level: 'destructive',
    unless: ownKubeconfig,
  },
  '-s: --server=': { does: 'talks to another server', level: 'destructive', flag: 'egress', unless: ownAddress },
  '--token= --password=': { does: 'carries a credential in its words', flag: 'sensitive_read' },
  '--client-key= --client-certificate= --certificate-authority= --insecure-skip-tls-verify': {
    does: 'changes whom it trusts',
    level: 'modifying',
  },
  '--profile= --profile-output= --cache-dir= --log-file= --log-dir= --log-backtrace-at=': {
    does: 'writes files',
    level: 'destructive',
  },
};

const printing =
  '-o: --output= --template= --allow-missing-template-keys[=] --show-managed-fields[=] --no-headers[=] --sort-by=';
const choosing =
  '-A --all-namespaces[=] -l: --selector= --field-selector= -f: --filename= -k: --kustomize= -R --recursive[=] --chunk-size=';

function reading(does: string, options: string, check?: (call: Call) => void, more: Partial<Rule> = {}): Rule {
  return { does, level: 'read_only', options, operands: 'text', ...(check ? { check } : {}), ...more };
}

/** Files that name resources: their own content is not shown. */
function resourceFiles(call: Call): void {
  for (const { value } of givenOptions(call, '-f', '--filename', '-k', '--kustomize'))
    if (value && /:\/\/|^git@|^github\.com|\?ref=/.test(value.text)) call.use(value, 'url');
    else if (value) call.use(value, 'reads');
}

/** `secret`, `secrets/x`, `pods,secrets.v1.`: by any of the names that the server accepts. */
function namesSecrets(word: Argument): boolean {
  return textsOf(word).some((text) =>
    text.split(',').some((name) => /^(?:secrets?|oauth\w*tokens?)(?:[./]|$)/i.test(name)),
  );
}

function judgeGet(call: Call): void {
  resourceFiles(call);
  const [kind] = call.operands;
  const open = kind !== undefined && kind.values === null && !kind.prefix.includes('/');
  const files = givenOptions(call, '-f', '--filename', '-k', '--kustomize');
  const shows = givenOptions(call, '-o', '--output', '--template').some(
    (option) => !/^=?(?:wide|name)$/.test(option.value?.text ?? ''),
  );
  if (call.operands.some(namesSecrets) || open || (files.length > 0 && shows))
    call.raise('secrets', 'shows secrets of the cluster', 'read_only', 'sensitive_read');
  for (const { value } of givenOptions(call, '--raw')) if (value) judgeRaw(call, value);
  for (const { value } of givenOptions(call, '-o', '--output'))
    if (value && /-file=/.test(value.text)) call.raise('format', 'takes its format from a file', 'modifying');
}

/** Paths of the API: a proxied one reaches any service, with whatever a GET does there. */
function judgeRaw(call: Call, path: Argument): void {
  if (/^\/(?:healthz|livez|readyz)\?verbose$/.test(path.text) && !path.splits) return;
  if (!path.literal || /secret|%|\.\.|token/i.test(path.text))
    call.raise('raw', `shows secrets of the cluster: ${path.text}`, 'read_only', 'sensitive_read', path);
  const proxied = path.text.split(/[?#]/)[0] ?? '';
  if (/\/(?:exec|attach|portforward)(?:\/|$)/.test(proxied) || !path.literal)
    call.raise('raw', `runs something by the API: ${path.text}`, 'destructive', null, path);
  if (
    /\/proxy(?:\/|$)/.test(proxied) &&
    !/\/proxy\/(?:stats\/summary|metrics[\w/]*|healthz|configz|pods|spec)\/?$/.test(proxied)
  )
    call.raise('proxy', `reaches another service by the API: ${path.text}`, 'destructive', null, path);
}

/** `POD -- command`: what follows the pod's name runs in it. */
function judgeExec(call: Call): void {
  const inner = call.operands.slice(1);
  if (inner.length === 0) call.raise('bare', 'runs nothing readable', 'destructive');
  else call.judgeWords(inner);
}

const files = (call: Call) => judgeFiles(call, '-f', '--filename', '-k', '--kustomize');

function judgeApply(call: Call): void {
  files(call);
  const [verb] = call.operands;
  if (verb && verb.text !== 'view-last-applied') call.raise('operand', `is not known: ${verb.text}`, 'destructive');
  if (call.operands.some(namesSecrets))
    call.raise('secrets', 'shows secrets of the cluster', 'read_only', 'sensitive_read');
}

/** Access rights, credentials and namespaces weigh more than other resources. */
function judgeCreate(call: Call): void {
  files(call);
  const [kind] = call.operands;
  if (kind && !kind.literal) call.raise('open', `creates what is not named here: ${kind.text}`, 'destructive');
  if (/^(?:clusterrole|role)(?:binding)?s?$/i.test(kind?.text ?? ''))
    call.raise('access', 'grants access', 'destructive');
  if (kind?.text === 'token') call.raise('token', 'makes a credential', 'modifying', 'sensitive_read');
  for (const { value } of givenOptions(call, '--from-file', '--from-env-file', '--cert', '--key'))
    if (value) call.use(value, 'reads');
}

function judgeScale(call: Call): void {
  files(call);
  const stops = givenOptions(call, '--replicas').some(
    (option) => !option.value?.literal || /^0+$/.test(option.value.text),
  );
  if (stops || givenOptions(call, '--all').length > 0) call.raise('zero', 'may stop every replica', 'destructive');
}

function judgeTaint(call: Call): void {
  if (call.operands.some((word) => !word.literal || /NoExecute$/.test(word.text)))
    call.raise('evict', 'may evict pods', 'destructive');
}

const fileOptions =
  '-f: --filename= -k: --kustomize= -l: --selector= -o: --output= -p: --patch= --type= --field-manager= -R --recursive[=] --template= --allow-missing-template-keys[=] --show-managed-fields[=] --record[=] --field-selector= -A --all-namespaces[=] --timeout= --wait[=] --local[=] --list[=] --overwrite[=] --validate[=] --save-config[=] --subresource= -h --help';

const verbs = (): Record<string, Rule | 'read_only' | 'modifying' | 'destructive'> => ({
  get: reading(
    'shows resources',
    `${printing} ${choosing} --raw= -L: --label-columns= --ignore-not-found[=] --output-watch-events[=] --server-print[=] --show-kind[=] --show-labels[=] --subresource= -w --watch[=] --watch-only[=]`,
    judgeGet,
  ),
  describe: reading('describes resources', `${choosing} --show-events[=]`, (call) => {
    resourceFiles(call);
    const [kind] = call.operands;
    if (call.operands.some(namesSecrets) || (kind && kind.values === null && !kind.prefix.includes('/')))
      call.raise('secrets', 'shows secrets of the cluster', 'read_only', 'sensitive_read');
  }),
  'logs log': reading(
    'shows logs',
    '--all-containers[=] --all-pods[=] -c: --container= -f --follow[=] --ignore-errors[=] --insecure-skip-tls-verify-backend[=] --limit-bytes= --max-log-requests= --pod-running-timeout= --prefix[=] -p --previous[=] -l: --selector= --since= --since-time= --tail= --timestamps[=]',
  ),
  top: {
    does: 'shows usage',
    level: 'read_only',
    subcommands: {
      'pod pods po node nodes no persistentvolumeclaims images imagestreams': reading(
        'shows usage',
        '-A --all-namespaces[=] --containers[=] --field-selector= --no-headers[=] -l: --selector= --sort-by= --sum[=] --use-protocol-buffers[=] --show-capacity[=] --show-swap[=]',
      ),
    },
  },
  'api-resources': reading(
    'lists kinds of resources',
    '--api-group= --cached[=] --categories= --namespaced[=] --no-headers[=] -o: --output= --sort-by= --verbs=',
  ),
  'api-versions options whoami': reading(
    'shows what the client knows',
    '-c --show-console --show-server --show-context',
    undefined,
    {
      effects: { '-t --show-token': { does: 'shows a credential', flag: 'sensitive_read' } },
      examples: { 'oc whoami': 'read_only', 'oc whoami -t': 'read_only sensitive_read' },
    },
  ),
  version: reading('shows versions', '--client[=] -o: --output= --short[=]'),
  explain: reading('explains a kind of resource', '--api-version= -o: --output= --recursive[=]'),
  completion: reading('prints a completion script', ''),
  events: reading(
    'shows events',
    `${printing} -A --all-namespaces[=] --chunk-size= --for= --types= -w --watch[=] --watch-only[=]`,
  ),
  wait: reading(
    'waits for a condition',
    `${printing} ${choosing} --all[=] --for= --local[=] --timeout=`,
    resourceFiles,
  ),
  'cluster-info': {
    does: 'shows addresses of the cluster',
    level: 'read_only',
    subcommands: {
      dump: reading(
        'shows the state of the cluster',
        `${printing} -A --all-namespaces[=] --namespaces= --pod-running-timeout=`,
        undefined,
        {
          effects: { '--output-directory=': { does: 'writes files', level: 'destructive', unless: /^-$/ } },
          examples: {
            'kubectl cluster-info dump': 'read_only',
            'kubectl cluster-info dump --output-directory=/x': 'destructive',
          },
        },
      ),
    },
  },
  auth: {
    does: 'shows access rights',
    level: 'read_only',
    options: '-A --all-namespaces[=] --list[=] --no-headers[=] -q --quiet[=] --subresource= -o: --output=',
    operands: 'text',
    subcommands: {
      'can-i whoami': reading('asks what is allowed', ''),
      reconcile: change('changes access rights', 'destructive', { options: fileOptions, check: files }),
    },
  },
  rollout: {
    does: 'shows roll-outs',
    level: 'read_only',
    options: `${choosing} ${printing} --revision= --timeout= -w --watch[=]`,
    subcommands: {
      'status history': reading('shows roll-outs', '', resourceFiles),
      'restart undo pause resume latest cancel retry': change('starts, stops or turns back a roll-out', 'modifying', {
        options: `${fileOptions} --to-revision=`,
        check: files,
      }),
    },
  },
  diff: reading(
    'compares files with the cluster',
    `${choosing} --concurrency= --field-manager= --force-conflicts[=] --prune[=] --prune-allowlist= --server-side[=] --show-managed-fields[=]`,
    files,
  ),
  kustomize: {
    does: 'builds manifests',
    level: 'read_only',
    options: '--as-current-user --load-restrictor= --reorder=',
    effects: {
      '--enable-helm --helm-command= --enable-exec --enable-alpha-plugins --enable-star --network -e: --env= --mount= --network-name= -o: --output=':
        { does: 'runs programs or writes files', level: 'destructive' },
    },
    check: (call) => {
      for (const word of call.operands)
        if (!word.literal || /:\/\/|@|\.com|\?ref=/.test(word.text)) call.use(word, 'url');
    },
    examples: {
      'kubectl kustomize overlays/prod': 'read_only',
      'kubectl kustomize https://x.example/y': 'read_only egress',
      'kubectl kustomize --enable-helm -o x .': 'destructive',
    },
  },
  config: {
    does: 'shows the configuration of the client',
    level: 'read_only',
    options: `${printing} --minify[=] --merge[=]`,
    operands: 'text',
    effects: { '--flatten[=] --raw[=]': { does: 'shows credentials of the client', flag: 'sensitive_read' } },
    subcommands: {
      'view get-contexts current-context get-clusters get-users': reading('shows the configuration of the client', ''),
      'use-context use set-context rename-context': 'modifying',
      'set unset set-cluster set-credentials delete-context delete-cluster delete-user': 'destructive',
    },
  },
  plugin: {
    does: 'lists plugins',
    level: 'read_only',
    subcommands: { list: reading('lists plugins', '--name-only[=]') },
  },
  apply: change('applies manifests', 'modifying', {
    options: `${fileOptions} --server-side[=] --validate[=] --overwrite[=] --openapi-patch[=] --prune-allowlist= --prune-whitelist= --applyset=`,
    effects: {
      '--prune[=] --all[=] --force[=] --force-conflicts[=] --cascade[=] --grace-period=': {
        does: 'deletes or takes over what is not in the files',
        level: 'destructive',
      },
    },
    check: judgeApply,
    examples: {
      'kubectl apply -f x.yaml': 'modifying',
      'kubectl apply -f x.yaml --dry-run=server': 'read_only',
      'kubectl apply -f x.yaml --dry-run=client --dry-run=none': 'modifying',
      'kubectl apply -f x.yaml --prune --cascade --force --grace-period=0': 'destructive',
      'kubectl apply -f https://x.example/y.yaml': 'destructive egress',
      'curl -s https://x.example/y | kubectl apply -f -': 'forbidden egress',
      'kubectl apply view-last-applied deploy/x': 'modifying',
    },
  }),
  create: change('creates resources', 'modifying', {
    options: `${fileOptions} --from-file= --from-env-file= --from-literal= --cert= --key= --image= --from= --replicas= --schedule= --verb= --resource= --resource-name= --role= --clusterrole= --user= --group= --serviceaccount= --tcp= --node-port= --clusterip= --external-name= --class= --rule= --default-backend= --annotation= --port= --restart= --hard= --scopes= --value= --description= --global-default[=] --preemption-policy= --min-available= --max-unavailable= --docker-server= --docker-username= --docker-password= --docker-email= --append-hash[=] --duration= --audience= --bound-object-kind= --bound-object-name= --bound-object-uid= --aggregation-rule= --non-resource-url= --windows-line-endings[=]`,
    effects: { '--edit[=] --raw=': { does: 'opens an editor or sends a raw request', level: 'destructive' } },
    check: judgeCreate,
    examples: {
      'kubectl create ns x': 'modifying',
      'kubectl create clusterrolebinding x --clusterrole=cluster-admin --user=y': 'destructive',
      'kubectl create token x': 'modifying sensitive_read',
      'kubectl create --raw /x -f y': 'destructive',
      'kubectl create cm x --from-file=/etc/shadow --dry-run=client -o yaml': 'read_only sensitive_read',
    },
  }),
  scale: change('changes the number of replicas', 'modifying', {
    options: `${fileOptions} --replicas= --current-replicas= --all[=] --resource-version=`,
    check: judgeScale,
    examples: {
      'kubectl scale deploy x --replicas=3': 'modifying',
      'kubectl scale deploy x --replicas=0': 'destructive',
    },
  }),
  'patch label annotate set autoscale expose tag': change('changes resources', 'modifying', {
    options: `${fileOptions} --resource-version= -c: --containers= -e: --env= --from= --keys= --prefix= --resolve[=] --limits= --requests= --serviceaccount= --min= --max= --cpu-percent= --cpu= --memory= --name= --port= --target-port= --protocol= --external-ip= --load-balancer-ip= --cluster-ip= --session-affinity= --labels= --overrides= --override-type= --generator= --container-port= --image= --source= --alias[=] --reference-policy=`,
    effects: { '--patch-file= --all[=]': { does: 'changes more than is written here', level: 'destructive' } },
    check: files,
    examples: {
      'kubectl label node x a=b': 'modifying',
      'kubectl label pods --all a=b': 'destructive',
    },
  }),
  replace: change('replaces resources', 'modifying', {
    options: fileOptions,
    effects: {
      '--cascade[=] --grace-period= --raw= --force[=]': { does: 'deletes before it replaces', level: 'destructive' },
    },
    check: files,
    examples: { 'kubectl replace -f x': 'modifying', 'kubectl replace --force -f x': 'destructive' },
  }),
  'cordon uncordon': change('changes where pods may run', 'modifying', {
    options: '-l: --selector=',
    effects: { '--selector=': { does: 'changes more than one node', level: 'modifying' } },
    examples: { 'kubectl cordon x': 'modifying', 'kubectl cordon --selector=a=b': 'modifying' },
  }),
  taint: change('changes where pods may run', 'modifying', {
    options: `${fileOptions} --all[=]`,
    check: judgeTaint,
    examples: {
      'kubectl taint node x a=b:NoSchedule': 'modifying',
      'kubectl taint node x a=b:NoExecute': 'destructive',
    },
  }),
  delete: change('deletes', 'destructive', { options: fileOptions, check: files }),
  drain: change('evicts what runs on a node', 'destructive', {
    options:
      '--chunk-size= --delete-emptydir-data[=] --disable-eviction[=] --force[=] --grace-period= --ignore-daemonsets[=] --pod-selector= -l: --selector= --skip-wait-for-delete-timeout= --timeout=',
    examples: {
      'kubectl drain x --ignore-daemonsets --delete-emptydir-data --timeout=9m': 'destructive',
      'kubectl drain x --ignore-daemonsets --delete-emptydir-data --dry-run=server': 'read_only',
    },
  }),
  exec: reading(
    'runs a command in a container',
    '-c: --container= --pod-running-timeout= -q --quiet[=] -i --stdin[=] -t --tty[=]',
    judgeExec,
    {
      effects: { '-f: --filename=': { does: 'runs in a pod that is not named here', level: 'destructive' } },
      examples: {
        'kubectl exec x -- ls': 'read_only',
        'kubectl exec -it x -c y -- sh': 'destructive',
        'kubectl exec x -- rm y': 'destructive',
        'kubectl exec x': 'destructive',
        'kubectl exec x -- env': 'read_only sensitive_read',
        'kubectl exec -f x --filename=y -- ls': 'destructive',
        "kubectl exec x -- sh -c 'df -h; ls'": 'read_only',
        'kubectl exec x ls': 'read_only',
        'kubectl exec x -- sh < y': 'destructive',
      },
    },
  ),
  'port-forward proxy': {
    does: 'opens a way into the cluster',
    level: 'modifying',
    flag: 'egress',
    options:
      '--pod-running-timeout= -p: --port= --api-prefix= -w: -P: --www= --www-prefix= -u: --unix-socket= --keepalive=',
    effects: {
      '--accept-hosts= --accept-paths= --reject-paths= --reject-methods= --disable-filter[=] --address=': {
        does: 'lets others in',
        level: 'destructive',
      },
    },
    operands: 'text',
    examples: {
      'kubectl port-forward pod/x 80:80': 'modifying egress',
      'kubectl port-forward --address=0.0.0.0 pod/x 80:80': 'destructive egress',
    },
  },
  'run debug attach cp edit certificate rsh rsync login logout new-app new-project start-build policy idle ex krew':
    'destructive',
  adm: {
    does: 'administers the cluster',
    level: 'read_only',
    subcommands: {
      top: {
        does: 'shows usage',
        level: 'read_only',
        options: '-A --all-namespaces --no-headers --sort-by= -l: --selector=',
        operands: 'text',
      },
      'inspect must-gather drain cordon uncordon taint policy prune upgrade': 'destructive',
    },
    examples: { 'oc adm top nodes': 'read_only', 'oc adm drain x': 'destructive' },
  },
  'status projects': reading('shows the current project', '-A --all-namespaces --suggest -q'),
});

export const kubernetes = (): Table => ({
  'kubectl oc': {
    does: 'shows how it is used',
    level: 'read_only',
    options: `${clusterOptions} -h --help`,
    effects: clusterEffects,
    subcommands: verbs(),
    examples: {
      'kubectl get pods -A -o wide': 'read_only',
      'kubectl get secrets -A': 'read_only sensitive_read',
      'kubectl get pods,secret/x': 'read_only sensitive_read',
      'kubectl get "$kind" -o yaml': 'destructive sensitive_read',
      'kubectl get Secret x -o yaml': 'read_only sensitive_read',
      "kubectl get --raw='/readyz?verbose'": 'read_only',
      'kubectl get --raw /livez?verbose': 'read_only',
      'kubectl get --raw /api/v1/namespaces/x/secrets': 'read_only sensitive_read',
      'kubectl get --raw /api/v1/nodes/x/proxy/run/y': 'destructive',
      'kubectl describe pod x': 'read_only',
      'kubectl config view': 'read_only',
      'kubectl config view --raw': 'read_only sensitive_read',
      'kubectl --kubeconfig /tmp/x get pods': 'destructive',
      'kubectl --kubeconfig /etc/kubernetes/admin.conf get nodes': 'read_only',
      'kubectl -s http://x get pods': 'destructive egress',
      'kubectl --server=https://x get pods': 'destructive egress',
      'kubectl --server=http://127.0.0.1:8080 get pods': 'read_only',
      'kubectl --token=x --password=y get pods': 'read_only sensitive_read',
      'kubectl --insecure-skip-tls-verify get pods': 'modifying',
      'kubectl --log-backtrace-at=x get pods': 'destructive',
      'kubectl delete pod x': 'destructive',
      'kubectl delete pod x --dry-run=server': 'read_only',
      'kubectl drain x': 'destructive',
      'kubectl diff -f x.yaml': 'read_only',
      'kubectl rollout status deploy/x': 'read_only',
      'kubectl rollout restart deploy/x': 'modifying',
      'kubectl neat x': 'destructive',
      'kubectl auth can-i --list': 'read_only',
      'kubectl -n x logs y --previous': 'read_only',
    },
  },
  'k3s microk8s minikube k0s rke2': {
    does: 'shows how it is used',
    level: 'read_only',
    options: '-p: --profile= --help',
    subcommands: {
      'kubectl kc': {
        does: 'runs kubectl',
        level: 'read_only',
        style: 'plain',
        operands: 'text',
        check: judgeAs('kubectl'),
      },
      crictl: {
        does: 'runs crictl',
        level: 'read_only',
        style: 'plain',
        operands: 'text',
        check: judgeAs('crictl'),
      },
      'ctr helm3 helm': 'destructive',
      'status version check-config ip': 'read_only',
      // It writes a report with logs.
      inspect: 'modifying',
    },
    examples: {
      'k3s kubectl get nodes': 'read_only',
      'k3s kubectl delete node x': 'destructive',
      'minikube kubectl -- get pods': 'read_only',
      'k3s crictl ps': 'read_only',
      'microk8s reset': 'destructive',
    },
  },
  kubeadm: {
    does: 'manages a cluster',
    level: 'read_only',
    options: '-v: --v= --cert-dir= -o: --output= --kubernetes-version= --image-repository=',
    effects: {
      '--kubeconfig=': { does: 'takes access from another file', level: 'destructive', unless: ownKubeconfig },
      '--config= --rootfs=': { does: 'works by another configuration', level: 'modifying' },
    },
    operands: 'text',
    subcommands: {
      version: 'read_only',
      certs: {
        does: 'shows certificates',
        level: 'read_only',
        subcommands: { 'check-expiration': 'read_only', 'certificate-key': 'modifying' },
      },
      config: {
        does: 'shows the configuration',
        level: 'read_only',
        subcommands: {
          'print view validate': 'read_only',
          images: { does: 'lists images', level: 'read_only', subcommands: { list: 'read_only', pull: 'modifying' } },
        },
      },
      token: {
        does: 'manages tokens',
        level: 'read_only',
        flag: 'sensitive_read',
        subcommands: {
          list: { does: 'shows tokens', level: 'read_only', flag: 'sensitive_read' },
          'create delete generate': 'destructive',
        },
      },
      upgrade: {
        does: 'upgrades',
        level: 'read_only',
        subcommands: { 'plan diff': 'read_only', 'apply node': 'destructive' },
      },
    },
    examples: {
      'kubeadm certs check-expiration': 'read_only',
      'kubeadm token list': 'read_only sensitive_read',
      'kubeadm reset -f': 'destructive',
      'kubeadm upgrade plan': 'read_only',
      'kubeadm upgrade plan --kubeconfig=x': 'destructive',
      'kubeadm upgrade plan --rootfs=x': 'modifying',
    },
  },
  'kubectx kubens': {
    does: 'shows the current context',
    level: 'read_only',
    modes: { '-c --current': 'read_only' },
    operands: { rest: 'text', level: 'modifying', does: 'changes the context of later commands' },
    examples: { 'kubectx -c': 'read_only', 'kubens prod': 'modifying', 'kubectx -d x': 'destructive' },
  },
  'kubelet kube-proxy kube-apiserver kube-scheduler kube-controller-manager containerd dockerd runc crun etcd': {
    does: 'runs a daemon of the cluster',
    level: 'destructive',
    modes: { '--version --help -h -v': 'read_only' },
    operands: 'text',
    check: (call) => {
      // For the cluster's own daemons -v is how much they say.
      const speaks = /^kube/.test(call.rule) && call.options.some((option) => option.name === '-v');
      if (call.words.length > 1 || speaks) call.raise('runs', 'runs a daemon of the cluster', 'destructive');
    },
    examples: {
      'kubelet --version': 'read_only',
      'runc delete x': 'destructive',
      'runc -v delete x': 'destructive',
      'kubelet -v': 'destructive',
    },
  },
});
