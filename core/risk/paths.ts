/** What a path means wherever the script runs: holds secrets, belongs to the system, is a device, or takes anything. */

/** What may not be normal yet; most paths are. */
const unclean = /^(?:$|\/proc\/)|\/\/|(?:^|\/)\.\.?(?:\/|$)|[^/]\/$/;

/** `//etc/./x/../shadow` → `/etc/shadow`; `/proc/1/root/etc/shadow` → `/etc/shadow`; `~root/x` stays as written. */
export function normalisePath(path: string): string {
  if (!unclean.test(path)) return path;
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  const clean = (path.startsWith('/') ? '/' : '') + parts.join('/');
  return clean.replace(/^\/proc\/(?:self|thread-self|\$\$|\$\w+|\d+|\*)\/(?:root|cwd)(?=\/)/, '') || '.';
}

/** Files that hold passwords, keys, tokens, environments or memory. Matched against normalised paths. */
const secrets: readonly RegExp[] = [
  /(?:^|\/)(?:g?shadow|opasswd|tcb)(?:[-~]|\.\w[\w.~-]*)?$/,
  /(?:^|\/)(?:etc\/)?(?:sudoers(?:\.d\/.*)?|krb5\.keytab|security\/opasswd)(?:[-~]|\.(?:bak|old|orig|save|dpkg-\w+|rpm\w+|tmp|\d+))?$/,
  /(?:^|\/)\.ssh\/(?!(?:config|known_hosts|authorized_keys)$|[^/]*\.pub$)[^/]+$/,
  /(?:^|\/)(?:id_(?:rsa|dsa|ecdsa|ed25519)(?:_sk)?|identity|ssh_host_[a-z0-9]+_key)(?:[-~]|\.(?!pub$)[\w-]+)?$/,
  /(?:^|\/)(?:privkey|private|server-?key|client-?key|tls\.key)[^/]*\.pem$|[-_.]key\.pem$|(?:^|\/)key\.pem$/,
  /\.(?:key|p12|pfx|jks|keystore|kdbx|ppk|pkcs12|keytab|gpg-key|asc\.key)$/,
  /(?:^|\/)\.aws\/(?:credentials|config|sso\/|cli\/cache)/,
  /(?:^|\/)\.(?:azure|config\/gcloud|oci|gnupg|password-store|vault-token|netrc|pgpass|my\.cnf|mylogin\.cnf|git-credentials|npmrc|pypirc|dockercfg|htpasswd|env)(?:$|[/.])/,
  /(?:^|\/)(?:\.docker\/config\.json|\.kube\/config|\.terraform\.d\/credentials[^/]*|\.config\/gh\/hosts\.yml|\.m2\/settings\.xml|\.boto|\.s3cfg|\.msmtprc)/,
  /(?:^|\/)(?:etc\/kubernetes\/(?:pki\/.*|admin|super-admin|kubelet|controller-manager|scheduler)(?:\.key|\.conf)|kubeconfig|kubelet\/pki\/)/,
  /(?:^|\/)etc\/(?:rancher\/k3s\/k3s\.yaml|mysql\/debian\.cnf|ssl\/private(?:\/|$)|pki\/tls\/private(?:\/|$)|letsencrypt\/(?:live|archive|keys)\/.*priv|openvpn\/.*\.(?:key|auth)|wireguard(?:\/|$)|ppp\/(?:chap|pap)-secrets|ipsec\.secrets|NetworkManager\/system-connections\/)/,
  /(?:^|\/)(?:var\/)?run\/secrets(?:\/|$)/,
  /(?:^|\/)proc\/[^/]+\/(?:environ|mem|task\/[^/]+\/(?:environ|mem))$|(?:^|\/)proc\/kcore$|(?:^|\/)dev\/k?mem$|(?:^|\/)environ$/,
  /(?:^|\/)\.(?:bash|zsh|mysql|psql|python|rediscli|sqlite)_history$|(?:^|\/)\.(?:ash_history|sh_history|lesshst|viminfo)$/,
  /(?:^|\/)(?:[^/]*\.tfstate(?:\.backup)?|wp-config\.php|credentials(?:\.(?:json|ya?ml|ini|xml))?|secrets?(?:\.(?:json|ya?ml|env|txt|toml|ini))|vault\.ya?ml|master\.key|\.?(?:passwd|password|passwords|token|tokens|secret)(?:\.txt)?)$(?<!etc\/passwd)(?<!^passwd)/,
  // Copies of what holds a secret, by the endings that editors, packages and people give them.
  /(?:^|\/)\.?(?:env|netrc|pgpass|my\.cnf|htpasswd|git-credentials|vault-token|npmrc|dockercfg|bash_history)[-_.](?:bak|old|orig|save|copy|backup|prod(?:uction)?|local|staging|dev(?:elopment)?|\d+)\w*$/,
  /\.(?:key|p12|pfx|jks|keystore|kdbx|ppk|keytab|tfstate|hprof)(?:~|\.(?:bak|old|orig|save|backup|\d+))$/,
  /(?:^|\/)(?:etc\/environment(?:\.d\/.*)?|[^/]*[^/.]\.env|\.env[-.][\w.-]+|environment\.conf)$/,
  /(?:^|\/)(?:etc\/(?:default|sysconfig)\/[^/]*(?:\.env|grafana|gitlab|vault|consul|nomad|docker|jenkins|minio|rclone|backup|database|db|app)[^/]*)$/,
  /(?:^|\/)(?:var\/(?:spool\/)?mail\/.*|mbox|Maildir\/.*|var\/spool\/(?:postfix|exim4?|mqueue|clientmqueue)\/.*)$/,
  /(?:^|\/)var\/lib\/(?:sss\/(?:db|secrets|mc)\/|cloud\/(?:instances?\/(?:.*\/)?(?:user-data|vendor-data|cloud-config|obj\.pkl|scripts)|seed\/)|jenkins\/(?:secrets|credentials|users)|waagent\/|kubelet\/(?:pki|config\.json|pods\/.*\/(?:secrets?|token))|docker\/containers\/.*\/config\.v2\.json|machines\/|rancher\/|vault\/|samba\/private|krb5kdc\/|private\/|NetworkManager\/secret_key|systemd\/credential)/,
  /(?:^|\/)etc\/(?:gitlab(?:-runner)?\/(?:gitlab-secrets\.json|gitlab\.rb|config\.toml)|redis(?:-\w+)?\/[^/]*\.conf|redis\.conf|pgbouncer\/(?:userlist\.txt|pgbouncer\.ini)|freeradius\/.*(?:clients\.conf|users|mods-\w+\/(?:sql|ldap))|raddb\/.*(?:clients\.conf|users)|openvpn\/.*(?:auth|pass|secret|ta\.key)[^/]*|bind\/(?:rndc\.key|named\.conf\.keys|.*\.key)|rndc\.key|exim4?\/passwd\.client|postfix\/sasl\/.*|postfix\/sasl_passwd|dovecot\/(?:passwd|users|dovecot-(?:sql|ldap)[^/]*)|msmtprc|ssmtp\/ssmtp\.conf|ldap\.secret|pam_ldap\.secret|nslcd\.conf|libnss-ldap\.secret|sssd\/sssd\.conf|samba\/smbpasswd|cifs-utils|credstore(?:\.encrypted)?\/|ceph\/[^/]*\.keyring|corosync\/authkey|pacemaker\/authkey|rabbitmq\/(?:rabbitmq\.config|definitions\.json)|zabbix\/[^/]*\.conf|grafana\/grafana\.ini|telegraf\/.*|datadog-agent\/datadog\.yaml|newrelic-infra\.yml|filebeat\/.*|logstash\/.*|elasticsearch\/elasticsearch\.keystore|kibana\/kibana\.yml|mongod?\.key|mysql\/(?:debian\.cnf|conf\.d\/.*client.*)|keepalived\/keepalived\.conf|haproxy\/.*\.pem|duplicity|restic|borg|backup|snmp\/snmpd\.conf|asterisk\/.*|stunnel\/.*|boto\.cfg|netplan\/.*wifi.*|wpa_supplicant\/.*|puppet(?:labs)?\/.*(?:private_keys|eyaml)|chef\/(?:client|validation|.*secret)[^/]*|salt\/pki\/|machine-key|tinc\/.*rsa_key|strongswan\/.*secrets|swanctl\/(?:private|.*secrets))/,
  /(?:^|\/)var\/lib\/rabbitmq\/\.erlang\.cookie$|(?:^|\/)\.erlang\.cookie$/,
  /(?:^|\/)\.(?:config\/(?:rclone\/|hub$|doctl\/|gh\/|op\/|containers\/auth\.json|helm\/registry|configstore\/)|composer\/auth\.json|gem\/credentials|cargo\/credentials[^/]*|pgpass[^/]*|mongorc\.js|dbshell|irb_history|node_repl_history|wget-hsts|fetchmailrc|muttrc|ansible\/vault|vault_pass[^/]*|chef\/|jupyter\/.*secret|kube\/.*|minikube\/|oci\/|linode-cli|digitalocean|cloudflared\/|ngrok2?\/|tower_cli\.cfg|terraformrc|aspnet|nuget\/|subversion\/auth|purple\/|thunderbird\/|mozilla\/)/,
  /(?:^|\/)\.(?:terraformrc|rpmmacros|gnupg|pypirc|esmtprc|smbcredentials|credentials|secrets?|s3cfg|boto|gitconfig\.local)$|(?:^|\/)kubeconfig[^/]*$/,
  /(?:^|\/)\.?gitlab-runner\/config\.toml$|(?:^|\/)(?:github|gitlab)?-?runner\/(?:\.credentials[^/]*|\.runner)$|(?:^|\/)\.credentials(?:_rsaparams)?$/,
  /(?:^|\/)(?:heapdump|core)\.(?:hprof|\d+)$|\.hprof$|(?:^|\/)(?:core|vmcore)$(?<!proc\/sys\/net\/core)|(?:^|\/)var\/lib\/systemd\/coredump\//,
  // What installs a machine, and logs in to shares and brokers.
  /(?:^|\/)(?:anaconda-ks|original-ks)\.cfg$|(?:^|\/)preseed\.cfg$|\.ks$|(?:^|\/)etc\/rabbitmq\/(?:rabbitmq\.conf|advanced\.config|rabbitmq-env\.conf|conf\.d\/.*)$|\.creds?$|(?:^|\/)[\w.]*[-_](?:credentials?|creds)$|(?:^|\/)settings\.py$/,
  /\.tfvars(?:\.json)?$|(?:^|\/)(?:database|secrets|mongoid|cable|storage)\.ya?ml$|(?:^|\/)application(?:-\w+)?\.(?:properties|ya?ml)$|(?:^|\/)(?:vault|consul|nomad)(?:\.d)?\/[^/]*\.(?:hcl|json)$|(?:^|\/)(?:appsettings(?:\.\w+)?\.json|settings\.local\.php|local_settings\.py|configuration\.php|parameters\.ya?ml)$/,
];

/** All of them in one pass. */
const anySecret = new RegExp(secrets.map((pattern) => pattern.source).join('|'));

/** Concrete secret paths, for telling whether a pattern such as `/etc/sh*` could name one. */
const examplesOfSecrets: readonly string[] = [
  '/etc/shadow',
  '/etc/gshadow',
  '/etc/shadow-',
  '/etc/sudoers',
  '/etc/ssh/ssh_host_rsa_key',
  '/root/.ssh/id_rsa',
  '/root/.ssh/id_ed25519',
  '~/.ssh/id_rsa',
  '~/.ssh/id_ed25519',
  '/home/user/.ssh/id_rsa',
  '/root/.aws/credentials',
  '~/.aws/credentials',
  '/home/user/.aws/credentials',
  '~/.kube/config',
  '~/.bash_history',
  '/home/user/.bash_history',
  '/proc/1/environ',
  '/proc/self/environ',
  '/etc/ssl/private/server.key',
  '/run/secrets/token',
  '/var/run/secrets/kubernetes.io/serviceaccount/token',
  '/etc/kubernetes/admin.conf',
  '.env',
  'id_rsa',
  'shadow',
];

/** Folders whose recursive reading passes secrets. */
const aboveSecrets =
  /^(?:\/|\/etc|\/root|\/home(?:\/[^/]+)?|~[\w-]*|\/proc|\/run|\/var\/run|\/etc\/(?:ssh|ssl|kubernetes))$/;

/** Whether reading this path shows a secret. `recursive`: everything below it is read too. */
export function isSecretPath(path: string, recursive = false): boolean {
  const clean = normalisePath(path);
  if (anySecret.test(clean)) return true;
  if (recursive && (aboveSecrets.test(clean) || /(?:^|\/)\.(?:ssh|aws|kube|docker|gnupg)$/.test(clean))) return true;
  return /[*?[]/.test(clean) && couldNameSecret(clean);
}

/** A bare `*` or `*.log` names no secret in particular; `/etc/*` and `/etc/sh?dow` do. */
function couldNameSecret(pattern: string): boolean {
  if (!pattern.includes('/') && /^\*/.test(pattern)) return false;
  // What is wholly open names nothing in particular: `"$1"`, `"$a/$b"`.
  if (!/[a-z0-9~]/i.test(pattern.replace(/\[[^\]]*\]/g, ''))) return false;
  const source = pattern
    .replace(/[.+^${}()|\\]/g, '\\$&')
    .replace(/\*+/g, '[^/]*')
    .replace(/\?/g, '[^/]')
    .replace(/\[!/g, '[^');
  try {
    const fits = new RegExp(`^${source}$`);
    return examplesOfSecrets.some((secret) => fits.test(secret));
  } catch {
    return true;
  }
}

/** Paths that every process may write without changing anything. */
export function isFreeSink(path: string): boolean {
  return /^\/dev\/(?:null|stdout|stderr|full|zero|tty|fd\/\d+)$/.test(normalisePath(path)) || path === '-';
}

/** Paths whose content makes the machine what it is: writing them can take it down or take it over. */
export function isSystemPath(path: string): boolean {
  const clean = normalisePath(path);
  if (clean === '/') return true;
  if (/^\/(?:bin|boot|dev|etc|lib\w*|proc|root|sbin|sys|usr|var\/(?:lib|spool))(?:\/|$)/.test(clean)) return true;
  return /(?:^|\/)(?:\.ssh|\.aws|\.kube|\.gnupg|\.config\/systemd)(?:\/|$)|(?:^|\/)\.(?:bash\w*|profile|zsh\w*|login|netrc|gitconfig|vimrc|inputrc)$|^~[\w-]*$/.test(
    clean,
  );
}

/** Disks and memory as files: what is written there replaces what a file system or the kernel holds. */
export function isRawDevice(path: string): boolean {
  if (!/dev|sysrq/.test(path)) return false;
  const clean = normalisePath(path);
  return (
    /^\/dev\/(?:(?:sd|hd|vd|xvd|nvme|mmcblk|loop|dm-|md|sr|zd|nbd|ram|pmem)\w*|mapper\/.*|disk\/.*|block\/.*|(?!null|zero|full|tty|pts|std|fd|shm|random|urandom|ptmx|tcp|udp|log|console)\w+\/.*|k?mem|port)$/.test(
      clean,
    ) || clean === '/proc/sysrq-trigger'
  );
}

/** Devices and files of which the opening or reading alone acts: a watchdog's timer, a tape, the kernel's own queues. */
export function isActingDevice(path: string): boolean {
  if (!/dev|kmsg|trac|apparmor/.test(path)) return false;
  return /^\/dev\/(?:watchdog\d*|n?st\d\w*|nosst\d+|nht\d+|tape\d*|tape\/.*|ttyS\d+|ttyUSB\d+|ipmi\d*|mcelog|sg\d+|bsg\/.*|cuse|fuse|vfio\/.*|kmsg_pipe)$|^\/proc\/kmsg$|^\/sys\/kernel\/(?:debug\/)?tracing\/(?:.*\/)?(?:trace_pipe(?:_raw)?|snapshot_raw)$|^\/sys\/kernel\/security\/apparmor\/\.access$/.test(
    normalisePath(path),
  );
}

/** Bash's own sockets: opening one connects to another machine. */
export function isSocketPath(path: string): boolean {
  if (!path.includes('dev')) return false;
  return /^\/dev\/(?:tcp|udp)(?:\/|$)/.test(normalisePath(path));
}

/** The folders whose loss is the machine's loss. */
export function isRootFolder(path: string): boolean {
  const clean = normalisePath(path).replace(/\/\*+$/, '') || '/';
  return /^\/(?:bin|boot|dev|etc|home|lib\w*|opt|proc|root|run|sbin|srv|sys|usr|var|\.|\*)?$/.test(clean);
}

/** Folders that hold programs; a command word may name its program with one of these. */
export function isProgramFolder(folder: string): boolean {
  return /^(?:\/usr(?:\/local)?)?\/s?bin$|^\/opt\/(?:[\w.-]+\/)*s?bin$|^\/snap\/bin$|^\/usr\/lib(?:exec)?\/[\w./-]+$/.test(
    folder,
  );
}

/** Whether a host word is literally this machine: `localhost`, 127.0.0.0/8, `::1`. */
export function isLoopback(host: string): boolean {
  return /^(?:localhost(?:\.localdomain)?|127(?:\.\d{1,3}){1,3}|\[?::1\]?|0\.0\.0\.0)$/i.test(host);
}

/** The metadata service of the machine's own cloud: nobody else answers there, and nothing leaves the machine's host. */
export function isMetadataHost(host: string): boolean {
  return host === '169.254.169.254' || host === '169.254.170.2' || host === '169.254.170.23';
}

/** `http://:80/x`, `:80`, `--help`: what a variable that is not set leaves of an address reaches nobody. */
export function namesNoHost(word: {
  readonly text: string;
  readonly values: readonly string[] | null;
  readonly splits: boolean;
}): boolean {
  if (word.values?.length !== 1 || word.splits || word.text.startsWith('//')) return false;
  return /^(?:https?:\/\/)?(?::\d*)?(?:\/|$)|^-/.test(word.text);
}

/** The host of `http://user@host:port/x`, `host:port/x` or `host`; null if it cannot be told. */
export function hostOf(address: string): string | null {
  const rest = address.replace(/^[a-z][a-z0-9+.-]*:\/\//i, '');
  const found = /^(?:[^@/?#\\]*@)?(\[[0-9a-f:.]+\]|[^:/?#\\@]+)(?::\d*)?(?:[/?#].*)?$/i.exec(rest);
  return found?.[1] ?? null;
}
