/**
 * Argument table: docker, podman, nerdctl, compose, crictl and ctr.
 *
 * A whole `inspect` counts as a plain read although it shows the container's environment: it is the first thing anybody
 * types. Formats that pick the environment out, and `compose config`, which fills secrets in, are flagged.
 */
import { ownAddress } from '../own.ts';
import type { Call, Effect, Rule, Table } from '../table.ts';
import { givenOptions } from './clients.ts';

/** Sockets of container runtimes on this machine. */
const ownSocket = /^(?:unix:\/\/)?\/(?:var\/)?run\/(?!.*\.\.)[\w./-]+\.sock$/;
const daemonEffects: Record<string, Effect> = {
  '-H: --url= --host=': { does: 'talks to another daemon', level: 'destructive', flag: 'egress', unless: ownAddress },
  '--module= --root= --runroot= --runtime= --tmpdir= --hooks-dir= --conmon= --identity= --ssh= --volumepath= --network-config-dir= --cni-path= --cni-netconfpath= --hosts-dir= --data-root= --cgroup-manager= --kubeconfig= --config=':
    { does: 'works by another configuration', level: 'destructive' },
  '--tlscacert= --tlscert= --tlskey= --tls --tlsverify[=]': { does: 'changes whom it trusts', level: 'modifying' },
};

/** Docker takes these before its sub-command only: after it they are an error. */
const daemonOptionsElsewhere = Object.keys(daemonEffects).join(' ');

interface Client {
  /** Whether options for the daemon are options of every sub-command too. */
  readonly anywhere: boolean;
  /** Whether its manual pages list every option, which the inventory compares. */
  readonly listed?: boolean;
}

function reading(client: Client, does: string, options: string, more: Partial<Rule> = {}): Rule {
  const elsewhere = client.anywhere ? '' : daemonOptionsElsewhere;
  return {
    does,
    level: 'read_only',
    operands: 'text',
    ...(client.listed ? { complete: true as const } : {}),
    ...more,
    options: `-h --help ${elsewhere} ${options}`,
  };
}

/** A format that picks the environment out of a container. */
function judgeInspect(call: Call): void {
  for (const { value } of givenOptions(call, '-f', '--format', '--template', '-o', '--output')) {
    if (value && /\bEnv\b|json \.(?:Config)?\s*[|}]|\.Config\s*\}|secret|password/i.test(value.text))
      call.raise('environment', "shows a container's environment", 'read_only', 'sensitive_read');
  }
  if (givenOptions(call, '--showsecret').length > 0)
    call.raise('secret', 'shows a secret', 'read_only', 'sensitive_read');
}

/** `docker top x eww`: words for ps, of which `e` shows environments. */
function judgeTop(call: Call): void {
  if (call.words.slice(1).some((word) => /^[a-z]*e[a-z]*$/.test(word.text) && !word.text.startsWith('-')))
    call.raise('environment', 'shows environments', 'read_only', 'sensitive_read');
}

/** Variables that only change how output looks. */
const plainVariable =
  /^(?:LC_\w+|LANG|TZ|COLUMNS|LINES|TERM|PGPASSWORD|PGCONNECT_TIMEOUT|MYSQL_PWD|REDISCLI_AUTH|ETCDCTL_API)(?:=|$)/;

function exec(options: string): Rule {
  return {
    does: 'runs a command in a container',
    level: 'read_only',
    options: `-d --detach --detach-keys: -i --interactive[=] -t --tty[=] -it -u: --user= -w: --workdir= ${options}`,
    effects: {
      '--privileged[=] --cidfile= --preserve-fds= --env-file=': {
        does: 'gives the command more than the container has',
        level: 'destructive',
      },
      '-e: --env=': { does: 'sets a variable that programs may obey', level: 'destructive', unless: plainVariable },
    },
    operands: 'text',
    inner: { as: 'words', after: 1 },
  };
}

const composeOptions =
  '-p: --project-name= --project-directory= --workdir= --profile= --ansi= --progress= --compatibility --parallel= --all-resources --no-ansi --verbose --env-file=';

/** Without an option that lists names only, secrets are filled in. */
function judgeConfig(call: Call): void {
  const names = /^(?:--services|--volumes|--images|--profiles|--networks|--quiet|-q)$/;
  if (!call.options.some((option) => names.test(option.name)))
    call.raise('secrets', 'shows secrets that are filled in', 'read_only', 'sensitive_read');
}

function compose(client: Client): Rule {
  return {
    does: 'shows how it is used',
    level: 'read_only',
    options: composeOptions,
    effects: { '-f: --file=': { value: 'reads' } },
    subcommands: {
      'ps logs top images ls port events stats volumes': reading(
        client,
        'shows the containers of a project',
        '--filter= --format= --tail= -n: --since= --until= --index= --orphans[=] --status= --protocol= -a --all[=] -q --quiet[=] --services[=] --no-trunc[=] -f --follow[=] -t --timestamps[=] --no-color[=] --no-log-prefix[=] --json[=] --no-stream[=] --dry-run[=]',
      ),
      version: reading(client, 'shows the version', '--format= -f:'),
      'config convert': {
        does: 'shows the configuration of a project',
        level: 'read_only',
        options:
          '--format= --no-interpolate --no-normalize --no-path-resolution --no-consistency --resolve-image-digests --environment --variables --hash= --lock-image-digests -q --services --volumes --images --profiles --networks --quiet',
        effects: { '-o: --output=': { value: 'overwrites' } },
        operands: 'text',
        check: judgeConfig,
      },
      exec: exec('-T --no-TTY --no-tty --index='),
      'start restart pause unpause pull create build watch wait scale': 'modifying',
      up: {
        does: 'creates and starts containers',
        level: 'modifying',
        options:
          '-d --detach[=] --build[=] --no-build[=] --pull= --wait[=] --wait-timeout= --no-deps[=] --no-recreate[=] --no-start[=] --quiet-pull[=] -t: --timeout= --timestamps[=] --attach= --no-attach= --no-color[=] --no-log-prefix[=] --dry-run[=] --exit-code-from=',
        operands: 'text',
        effects: {
          '-V --renew-anon-volumes --remove-orphans --force-recreate --always-recreate-deps --abort-on-container-exit --scale=':
            { does: 'removes containers or volumes', level: 'destructive' },
        },
      },
      stop: 'modifying',
      'down rm kill run cp push attach commit export publish bridge alpha': 'destructive',
    },
  };
}

const pulling =
  '-a --all-tags[=] -q --quiet[=] --platform= --arch= --os= --variant= --all-platforms[=] --snapshotter= -u --unpack= --disable-content-trust[=]';

const listing =
  '--namespace= --orchestrator= --all-namespaces --no-resolve[=] -a --all[=] -f: --filter= --format= -n: --last= -l --latest --no-trunc[=] -q --quiet -s --size[=] --sort= --digests --tree --ns --pod -p --sync -w: --watch= --external --storage --noheading -v --verbose --platform= --no-stream[=] --type= --since= --until= --cluster --human[=] -i: --interval= --raw[=]';

function inspecting(client: Client, does = 'shows what the daemon knows'): Rule {
  return reading(
    client,
    does,
    '-f: --format= -s --size --type= --platform= --pretty --mode= --json -l --latest -v --verbose',
    {
      check: judgeInspect,
    },
  );
}

/** `image ls`, `volume rm`: groups by kind of object. */
function group(client: Client, kind: string, more: Rule['subcommands'] = {}): Rule {
  return {
    does: `manages ${kind}`,
    level: 'read_only',
    subcommands: {
      'ls list ps exists': reading(client, `lists ${kind}`, listing),
      inspect: inspecting(client, `describes ${kind}`),
      ...more,
    },
  };
}

function containerVerbs(client: Client): NonNullable<Rule['subcommands']> {
  return {
    stats: reading(client, 'shows usage', listing),
    top: reading(client, 'shows processes', '', { ordered: true, check: judgeTop }),
    logs: reading(
      client,
      'shows logs',
      '--details[=] -f --follow[=] --since= -n: --tail= -t --timestamps[=] --until= --names --color -l --latest',
    ),
    'port diff': reading(client, 'shows what a container has', '--format= -a --all -l --latest'),
    exec: exec('-l --latest'),
    'start restart pause unpause wait update rename init stop': 'modifying',
    'kill rm run create cp attach commit export prune checkpoint restore clone mount umount unmount runlabel cleanup':
      'destructive',
  };
}

function client(client: Client, modes: string): Rule {
  // Docker's manuals do not speak of these.
  const unlisted: Client = { anywhere: client.anywhere };
  return {
    does: 'shows how it is used',
    level: 'read_only',
    options: `${modes} -v --version --help -h -D --debug[=] -l: --log-level= -c: --context= --connection= --storage-driver= --events-backend= --noout --syslog --cgroup-parent= --debug-full`,
    effects: daemonEffects,
    operands: 'text',
    subcommands: {
      ps: reading(client, 'lists containers', listing),
      images: reading(client, 'lists images', listing),
      ...containerVerbs(client),
      inspect: inspecting(client),
      history: reading(
        client,
        'shows how an image was made',
        '--format= -H --human[=] --no-trunc[=] --platform= -q --quiet',
      ),
      'info version': reading(client, 'shows what the daemon is', '-f: --format= --debug -D'),
      events: reading(client, 'shows events', '-f: --filter= --format= --since= --until= --stream[=] --no-trunc[=]'),
      search: {
        ...reading(client, 'searches a registry', '-f: --filter= --format= --limit= --no-trunc'),
        flag: 'egress',
      },
      'tag logout load import network-connect': 'modifying',
      pull: { does: 'fetches an image', level: 'modifying', flag: 'egress', options: pulling, operands: 'text' },
      push: { does: 'sends an image away', level: 'destructive', flag: 'egress', operands: 'text' },
      login: 'destructive',
      container: group(client, 'containers', containerVerbs(client)),
      image: group(client, 'images', {
        history: reading(client, 'shows how an image was made', '--format= -H --human --no-trunc -q --quiet'),
        tree: reading(unlisted, 'shows layers', '--whatrequires'),
        'tag untag pull load import': 'modifying',
        'rm remove prune push save build sign trust mount scp encrypt decrypt convert': 'destructive',
      }),
      volume: group(client, 'volumes', {
        create: 'modifying',
        'rm remove prune update import export mount unmount reload': 'destructive',
      }),
      network: group(client, 'networks', {
        'create connect disconnect reload': 'modifying',
        'rm remove prune update': 'destructive',
      }),
      system: {
        does: 'manages the daemon',
        level: 'read_only',
        subcommands: {
          'df info': reading(client, 'shows what the daemon uses', '--format= -v --verbose -f:'),
          events: reading(client, 'shows events', '-f: --filter= --format= --since= --until='),
          connection: group(unlisted, 'connections'),
          'prune reset migrate renumber service dial-stdio check': 'destructive',
        },
      },
      node: group(client, 'nodes', { 'promote demote update': 'modifying', 'rm remove': 'destructive' }),
      service: group(client, 'services', {
        logs: reading(
          client,
          'shows logs',
          '--details -f --follow --since= -n: --tail= -t --timestamps --raw --no-trunc --no-task-ids --no-resolve',
        ),
        'update scale rollback create': 'modifying',
        'rm remove': 'destructive',
      }),
      stack: group(unlisted, 'stacks', {
        services: reading(client, 'lists services', listing),
        config: reading(unlisted, 'shows a configuration', '-c: --compose-file= --skip-interpolation'),
        'deploy up': 'modifying',
        'rm remove down': 'destructive',
      }),
      'secret config': {
        does: 'manages secrets',
        level: 'read_only',
        subcommands: {
          'ls list exists': reading(client, 'lists names of secrets', listing),
          inspect: { ...inspecting(client, 'shows a secret or a configuration'), flag: 'sensitive_read' },
          create: 'modifying',
          'rm remove': 'destructive',
        },
      },
      context: group(client, 'contexts', {
        show: 'read_only',
        'use create update export import': 'modifying',
        'rm remove': 'destructive',
      }),
      plugin: group(client, 'plugins', { 'enable disable install set upgrade create push rm remove': 'destructive' }),
      manifest: {
        does: 'manages manifests',
        level: 'read_only',
        subcommands: {
          inspect: { ...reading(client, 'asks a registry', '-v --verbose --insecure'), flag: 'egress' },
          'create annotate push rm add remove': 'destructive',
        },
      },
      'buildx builder': {
        does: 'manages builders',
        level: 'read_only',
        subcommands: {
          'ls du version': reading(unlisted, 'shows builders', '--filter= --verbose --format= --builder='),
          'build bake prune rm create use stop install uninstall imagetools inspect history dial-stdio debug':
            'destructive',
        },
      },
      pod: group(unlisted, 'pods', {
        ...containerVerbs(unlisted),
      }),
      healthcheck: 'modifying',
      namespace: group(unlisted, 'namespaces', { 'create update': 'modifying', 'remove rm': 'destructive' }),
      compose: compose({ anywhere: client.anywhere }),
      swarm: 'destructive',
      'rmi build save kube play generate unshare machine farm artifact apparmor ipfs internal sbom scout trust model ai mcp desktop debug init-project auto-update':
        'destructive',
    },
  };
}

const images = { anywhere: false };

const dockerExamples: Record<string, string> = {
  'docker ps -a --format "{{.Names}}"': 'read_only',
  'docker logs -f --tail 100 web': 'read_only',
  'docker inspect web': 'read_only',
  "docker inspect -f '{{.Config.Env}}' web": 'read_only sensitive_read',
  "docker inspect -f '{{json .State.Health}}' web": 'read_only',
  'docker inspect $(docker ps -q)': 'read_only',
  'docker exec -it web sh': 'destructive',
  'docker exec web cat /etc/hosts': 'read_only',
  'docker exec -e LD_PRELOAD=/x --env=BASH_ENV=y web ls': 'destructive',
  'docker exec --env LANG=C web ls': 'read_only',
  'docker exec --privileged --env-file x web ls': 'destructive',
  'docker exec $c ls': 'destructive',
  'docker -H tcp://x ps': 'destructive egress',
  'docker --host=tcp://x:2375 ps': 'destructive egress',
  'docker -H unix:///var/run/docker.sock ps': 'read_only',
  'docker --config=/tmp/x ps': 'destructive',
  'docker --tlsverify ps': 'modifying',
  'docker run alpine ls': 'destructive',
  'docker stop web': 'modifying',
  'docker system df -v': 'read_only',
  'docker system prune -af': 'destructive',
  'docker volume rm x': 'destructive',
  'docker pull x': 'modifying egress',
  'docker secret inspect x': 'read_only sensitive_read',
  'docker top web eww': 'read_only sensitive_read',
  'docker compose ps': 'read_only',
  'docker compose -f x.yml logs --tail=20 web': 'read_only',
  'docker compose config': 'read_only sensitive_read',
  'docker compose config -o x': 'destructive sensitive_read',
  'docker compose up -d': 'modifying',
  'docker compose up -d --remove-orphans --scale=0': 'destructive',
  'docker compose exec --env=LD_PRELOAD=x web ls': 'destructive',
  'docker compose exec --env-file=x web ls': 'destructive',
  'docker compose exec web rm x': 'destructive',
  'docker compose -f .env --file=.env ps': 'read_only sensitive_read',
  'docker container exec --env-file=x web ls': 'destructive',
  'docker rm -f web': 'destructive',
  'docker search x': 'read_only egress',
};

const crictlOptions = '-D --debug -t: --timeout= -h --help -v --version -q --quiet';

function crictlReading(does: string, options = ''): Rule {
  return {
    does,
    level: 'read_only',
    operands: 'text',
    options: `-r --runtime-endpoint -i --image-endpoint -c --config -a --all -l --latest -n: --last= -o: --output= -q --quiet -p: --pod= -s: --state= --name= --image= --namespace= --label= --id= --no-trunc -v --verbose --template= ${options}`,
  };
}

const containerd = (): Table => ({
  crictl: {
    does: 'shows how it is used',
    level: 'read_only',
    options: crictlOptions,
    effects: {
      '-r: -i: --image-endpoint= --runtime-endpoint=': {
        does: 'talks to another runtime',
        level: 'destructive',
        unless: ownSocket,
      },
      '-c: --config=': {
        does: 'works by another configuration',
        level: 'destructive',
        unless: /^\/etc\/crictl\.yaml$/,
      },
    },
    subcommands: {
      'ps pods images image img info version stats statsp stats-p imagefsinfo inspecti inspectp inspect metricsp metricdescs runtime-config events completion':
        { ...crictlReading('shows containers'), check: judgeInspect },
      logs: crictlReading('shows logs', '-f --follow --tail= --since= -t --timestamps -p --previous --limit-bytes='),
      exec: {
        does: 'runs a command in a container',
        level: 'read_only',
        options: '-i --interactive -t --tty -s --sync --timeout= -e --ignore-errors -r --transport= -x --parallel',
        operands: 'text',
        inner: { as: 'words', after: 1 },
      },
      'start stop stopp update update-runtime-config': 'modifying',
      pull: { does: 'fetches an image', level: 'modifying', flag: 'egress', options: pulling, operands: 'text' },
      'rm rmp rmi run runp create attach checkpoint config port-forward': 'destructive',
    },
    examples: {
      'crictl ps -a': 'read_only',
      'crictl -r unix:///run/containerd/containerd.sock pods': 'read_only',
      'crictl -r tcp://x ps': 'destructive',
      'crictl --runtime-endpoint=tcp://x ps': 'destructive',
      'crictl --config=/tmp/x ps': 'destructive',
      'crictl logs --tail 50 x': 'read_only',
      'crictl exec -it x sh': 'destructive',
      'crictl exec x ls': 'read_only',
      'crictl rmi --prune': 'destructive',
      'crictl inspect $(crictl ps -q)': 'read_only',
    },
  },
  ctr: {
    does: 'shows how it is used',
    level: 'read_only',
    options: '-n: --namespace= --debug --timeout= --connect-timeout= -h --help -v --version -q --quiet',
    operands: 'text',
    effects: { '-a: --address=': { does: 'talks to another runtime', level: 'destructive', unless: ownSocket } },
    subcommands: {
      'version info events event': 'read_only',
      'containers container c': group(images, 'containers', {
        info: 'read_only',
        'create delete del remove rm label checkpoint restore': 'destructive',
      }),
      'images image i': group(images, 'images', {
        'check usage': 'read_only',
        pull: { does: 'fetches an image', level: 'modifying', flag: 'egress', options: pulling, operands: 'text' },
        'tag import label': 'modifying',
        'export push rm remove del delete mount unmount convert prune decrypt encrypt': 'destructive',
      }),
      'tasks task t': group(images, 'tasks', {
        'metrics metric': 'read_only',
        exec: {
          does: 'runs a command in a container',
          level: 'read_only',
          options: '--exec-id= -t --tty -d --detach --cwd= --user=',
          effects: { '--fifo-dir= --log-uri=': { does: 'writes files or runs a program', level: 'destructive' } },
          operands: 'text',
          inner: { as: 'words', after: 1 },
        },
        'pause resume start': 'modifying',
        'kill delete del remove rm checkpoint attach': 'destructive',
      }),
      'plugins plugin': group(images, 'plugins'),
      'namespaces namespace ns': group(images, 'namespaces', {
        'create c label': 'modifying',
        'remove rm': 'destructive',
      }),
      'snapshots snapshot': group(images, 'snapshots', { 'usage info tree': 'read_only' }),
      content: group(images, 'content'),
      leases: group(images, 'leases'),
      'run shim oci install deprecations pprof sandboxes': 'destructive',
    },
    examples: {
      'ctr -n k8s.io containers ls': 'read_only',
      'ctr -a tcp://x c ls': 'destructive',
      'ctr --address=/tmp/x c ls': 'destructive',
      'ctr t exec --exec-id x y sh': 'destructive',
      'ctr t exec --exec-id x y ls': 'read_only',
      'ctr t exec --log-uri=binary:///x --exec-id x y ls': 'destructive',
      'ctr images rm x': 'destructive',
    },
  },
});

export const containers = (): Table => ({
  docker: { ...client({ anywhere: false, listed: true }, ''), examples: dockerExamples },
  'podman nerdctl finch': {
    ...client({ anywhere: true }, '-n: --namespace= -r --remote'),
    effects: {
      ...daemonEffects,
      '-a: --address=': { does: 'talks to another runtime', level: 'destructive', unless: ownSocket },
    },
    examples: Object.fromEntries(
      Object.entries(dockerExamples)
        .filter(([command]) => !/\$\(|^docker (?:compose exec|search)/.test(command))
        .map(([command, answer]) => [command.replace(/docker(?= )/g, 'podman'), answer]),
    ),
  },
  'docker-compose podman-compose': {
    ...compose({ anywhere: true }),
    examples: {
      'docker-compose ps': 'read_only',
      'docker-compose exec web ls': 'read_only',
      'docker-compose exec -e LD_PRELOAD=x --env=y web ls': 'destructive',
      'docker-compose exec --env-file=x web ls': 'destructive',
      'docker-compose down -v': 'destructive',
      'docker-compose up --scale=x': 'destructive',
      'docker-compose logs -f --tail=50 web': 'read_only',
    },
  },
  ...containerd(),
});
