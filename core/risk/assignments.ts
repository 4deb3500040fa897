/** Variables that change what commands do: setting one is a change of every command after it. */
import type { ArrayValue, Word } from 'unbash';
import type { Argument } from './arguments.ts';
import { isOwnValue } from './own.ts';
import { report, type Scope, type Span } from './scope.ts';

/** Variables that only change how output looks, or where a client looks among what is configured anyway. */
const harmless =
  /^(?:LC_\w+|LANG|LANGUAGE|TZ|COLUMNS|LINES|TERM|NO_COLOR|CLICOLOR|FORCE_COLOR|BLOCK_?SIZE|TIME_STYLE|DEBIAN_FRONTEND|NEEDRESTART_MODE|SYSTEMD_(?:COLORS|URLIFY|LOG_LEVEL)|AWS_(?:DEFAULT_)?REGION|AWS_DEFAULT_OUTPUT|AWS_MAX_ATTEMPTS|AWS_RETRY_MODE|PGPASSWORD|PGCONNECT_TIMEOUT|PGUSER|PGDATABASE|PGPORT|PGTZ|PGAPPNAME|MYSQL_PWD|REDISCLI_AUTH|ETCDCTL_API|TMOUT|OPTIND|REPLY|HISTCONTROL|HISTSIZE|HISTTIMEFORMAT|TIMEFORMAT|COMP_WORDBREAKS|NAMESPACE|SVC|HOST|PORT|USER_ID|NO_PROXY|no_proxy)$/;

/** Pagers that show and never run. */
const quietPagers = /^(?:(?:\/usr)?\/bin\/)?cat$|^$/;
const pagerNames = /^(?:PAGER|SYSTEMD_PAGER|GIT_PAGER|AWS_PAGER|MANPAGER|PSQL_PAGER|BAT_PAGER|DELTA_PAGER)$/;

/**
 * Names that the shell itself obeys, or that nearly every process has in its environment already, so that an assignment
 * alone changes what programs get.
 */
const obeyedAtOnce =
  /^(?:PATH|IFS|ENV|BASH\w*|SHELL\w*|PS[0-4]|PROMPT_COMMAND|CDPATH|GLOBIGNORE|FCEDIT|FIGNORE|EXECIGNORE|HOME|PWD|OLDPWD|TMPDIR|TEMP|TMP|MAIL\w*|HISTFILE|INPUTRC|POSIXLY_CORRECT|USER|LOGNAME|DISPLAY|XDG_\w+|DBUS_\w+|NOTIFY_SOCKET|KUBECONFIG|(?:LD|DYLD)_\w+|GLIBC_\w+|MALLOC_\w+|SSH_\w+|SUDO_\w+|AWS_\w+|GIT_\w+|EDITOR|VISUAL|PAGER|\w+PAGER|LESS(?:OPEN|CLOSE|KEYIN|KEY_SYSTEM|KEY|EDIT|SECURE)?)$|^(?:HTTPS?|ALL|FTP)_PROXY$|^(?:https?|all|ftp)_proxy$/;

/** Names that programs read to decide what to run, load, trust or whom to talk to, once they are exported to them. */
const obeyedWhenExported = new RegExp(
  `^(?:${[
    'HOSTALIASES|RES_OPTIONS|LOCALDOMAIN|LOCPATH|NLSPATH|GCONV_PATH|GETCONF_DIR|TERMINFO\\w*|TERMCAP|TZDIR|LS_COLORS',
    'PYTHON[A-Z]+|PERL(?:5\\w*|LIB|IO\\w*)?|RUBY(?:OPT|LIB|PATH|SHELL)|GEM_\\w+|BUNDLE_\\w+|NODE_(?:OPTIONS|PATH|EXTRA_CA_CERTS|TLS_REJECT_UNAUTHORIZED|REPL_\\w+|REDIRECT_WARNINGS|V8_COVERAGE|ICU_DATA|DEBUG|PENDING_\\w+)|NPM_\\w+|npm_config_\\w+|JAVA_\\w+|_JAVA\\w*|JDK_\\w+|JRE_\\w+|CLASSPATH|LUA_\\w+|PHP_INI_SCAN_DIR|PHPRC|R_\\w+|GOFLAGS|GOPROXY|GOPATH|GOROOT|GOSUMDB|GODEBUG|CARGO_\\w+|RUST\\w+|ERL_\\w+|MONO_\\w+|DOTNET_\\w+|COMPlus_\\w+',
    'MAVEN_\\w+|GRADLE_\\w+|MAKE\\w*|MFLAGS|CC|CXX|CPP|\\w*CFLAGS|LDFLAGS|PKG_CONFIG\\w*',
    'KUBE[A-Z]+|KUBE_(?:EDITOR|CONFIG\\w*|EXEC_INFO|CLIENT_\\w+)|KUBERNETES_\\w+|KUBECTL_\\w+|HELM_\\w+|DOCKER_\\w+|COMPOSE_\\w+|BUILDAH_\\w+|CONTAINER_HOST|CONTAINER_SSHKEY|CONTAINERS_\\w+|CONTAINERD_\\w+|CRI_\\w+|CONTAINER_RUNTIME_ENDPOINT|IMAGE_SERVICE_ENDPOINT|ETCDCTL_\\w+|ETCD_\\w+|CALICO\\w*|DATASTORE_TYPE',
    'AZURE_\\w+|ARM_\\w+|GOOGLE_\\w+|CLOUDSDK_\\w+|BOTO_\\w+|OS_[A-Z_]+|TF_\\w+|VAULT_\\w+|CONSUL_\\w+|NOMAD_\\w+|ANSIBLE_\\w+',
    'PG[A-Z]+|PSQL\\w*|MYSQL_\\w+|MARIADB_\\w+|REDISCLI_\\w+|MONGO(?:SH)?_\\w+|CEPH_\\w+|OVS_\\w+|OVN_\\w+|LIBVIRT_\\w+|VIRSH_\\w+|LIBGUESTFS_\\w+|RABBITMQ_\\w+|KAFKA_\\w+|CASSANDRA_\\w+|SNMP\\w*|MIB\\w*',
    'CURL_\\w+|WGETRC|SSL_\\w+|SSLKEYLOGFILE|OPENSSL_\\w+|NETRC|GNUPGHOME|GPG_\\w+|MANPATH|MAN[A-Z_]*|MORE|GROFF_\\w+|GREP_\\w+|TAR_\\w+|TAPE|GZIP|BZIP2?|XZ_\\w+|ZIP\\w*|UNZIP\\w*|ZSTD_\\w+|RSYNC_\\w+|SYSTEMD_\\w+|BROWSER|SCREEN\\w*|TMUX\\w*|DEB\\w*|APT_\\w+|DPKG_\\w+|RPM_\\w+|YUM\\w*|PIP_\\w+|VIRTUAL_ENV|RIPGREP_\\w+|FZF_\\w+|BAT_\\w+|GDB\\w*|VALGRIND_\\w+|STRACE_\\w+|LSOF_\\w+|PS_\\w+|CMD_ENV|PROCPS_\\w+|SYSSTAT\\w*|S_[A-Z_]+|LIBPATH|SHLIB_PATH|LOCATE_\\w+|MTR_\\w+|PCP_\\w+|PERF_\\w+|BC_\\w+|JQ_\\w+|DIFF\\w*|ACK\\w*|IPSET_\\w*|XTABLES_\\w+|NMAP\\w+|WIRESHARK_\\w+|TSHARK\\w+',
  ].join(
    '|',
  )})$|(?:EDITOR|PAGER|PRELOAD|LIBRARY_PATH|_OPTS|_OPTIONS|_FLAGS|_RC|RCFILE|_HOOK|_COMMAND|_CONFIG|_CREDENTIALS?)$`,
);

/** How an assignment reaches commands: for one command, for all later ones, or within the shell only (as far as seen). */
export type Reach = 'command' | 'exported' | 'shell';

/** Judges `name=value`. `text` is the value when it is literal. */
export function judgeAssignment(name: string, text: string | null, reach: Reach, scope: Scope, at: Span): void {
  if (text !== null && /\$\(|`/.test(text))
    report(scope, at, 'assignment.text', `keeps a text that runs when it is evaluated: ${name}`, 'destructive');
  if (name === 'NEEDRESTART_MODE' && text !== 'l')
    report(scope, at, 'assignment.restart', 'may let services be restarted', 'modifying');
  if (harmless.test(name) && !(text !== null && namesFile(name, text))) return;
  if (pagerNames.test(name) && text !== null && quietPagers.test(text)) return;
  if (text !== null && isOwnValue(name, text)) return;
  if (harmless.test(name) || isObeyed(name, reach)) {
    report(scope, at, 'assignment.dangerous', `changes what programs run or trust: ${name}`, 'destructive');
    return;
  }
  // Whoever puts a variable before a program means it for that program, which may be told anything by it.
  if (reach === 'command' && !/^[a-z_][a-z0-9_]*$/.test(name))
    report(scope, at, 'assignment.unknown', `sets a variable that programs may obey: ${name}`, 'destructive');
}

/** A time zone, language or terminal by a path: what looks it up opens that file. */
function namesFile(name: string, text: string): boolean {
  if (name === 'TZ') return /^:?\/|\.\./.test(text);
  return /^(?:LC_\w+|LANG|LANGUAGE|TERM)$/.test(name) && text.includes('/');
}

/** Whether the shell, or a program that gets it, reads the name to decide what it does. */
export function isObeyed(name: string, reach: Reach): boolean {
  if (harmless.test(name)) return false;
  return obeyedAtOnce.test(name) || (reach !== 'shell' && obeyedWhenExported.test(name));
}

/** `NAME=value` as a word of env, sudo and the like. */
export function judgeWordAssignment(word: Argument, scope: Scope): void {
  const at = word.text.indexOf('=');
  scope.variables.touch(word.text.slice(0, at));
  judgeAssignment(word.text.slice(0, at), word.literal ? word.text.slice(at + 1) : null, 'command', scope, word);
}

/** The literal text of an assigned value, or null. */
export function assignedText(value: Word | ArrayValue): string | null {
  if (value.type !== 'Word') return null;
  return (value.parts ?? []).every((part) => part.type === 'Literal' || part.type === 'SingleQuoted')
    ? value.value
    : null;
}

/** Whether an expansion's name says that it holds a secret. */
export function isSecretName(name: string): boolean {
  return (
    /(?:^|_)(?:PASS|PASSWD|PASSWORD|PASSPHRASE|SECRET|SECRETS|TOKEN|API_?KEY|ACCESS_?KEY|PRIVATE_?KEY|SECRET_?KEY|CREDENTIALS?|PWD|AUTH)(?:_|$)|PASSWORD$|SECRET$|TOKEN$/i.test(
      name,
    ) &&
    name !== 'PWD' &&
    name !== 'OLDPWD' &&
    name !== 'SSH_AUTH_SOCK'
  );
}
