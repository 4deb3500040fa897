/** Variables that change what commands do: setting one is a change of every command after it. */
import type { ArrayValue, Word } from 'unbash';
import type { Argument } from './arguments.ts';
import { isOwnValue } from './own.ts';
import { report, type Scope, type Span } from './scope.ts';

/** Variables that only change how output looks, or where a client looks among what is configured anyway. */
const harmless =
  /^(?:LC_\w+|LANG|LANGUAGE|TZ|COLUMNS|LINES|TERM|NO_COLOR|CLICOLOR|FORCE_COLOR|BLOCK_?SIZE|TIME_STYLE|DEBIAN_FRONTEND|NEEDRESTART_MODE|SYSTEMD_(?:COLORS|URLIFY|LOG_LEVEL)|AWS_(?:DEFAULT_)?REGION|AWS_DEFAULT_OUTPUT|AWS_MAX_ATTEMPTS|AWS_RETRY_MODE|PGPASSWORD|PGCONNECT_TIMEOUT|PGUSER|PGDATABASE|PGPORT|PGTZ|PGAPPNAME|MYSQL_PWD|REDISCLI_AUTH|ETCDCTL_API|CONTAINER_RUNTIME_ENDPOINT|TMOUT|OPTIND|REPLY|HISTCONTROL|HISTSIZE|HISTTIMEFORMAT|TIMEFORMAT|COMP_WORDBREAKS|NAMESPACE|SVC|HOST|PORT|USER_ID)$/;

/** Pagers that show and never run. */
const quietPagers = /^(?:(?:\/usr)?\/bin\/)?cat$|^$/;
const pagerNames = /^(?:PAGER|SYSTEMD_PAGER|GIT_PAGER|AWS_PAGER|MANPAGER|PSQL_PAGER|BAT_PAGER|DELTA_PAGER)$/;

/** Names, in capitals, that programs read to decide what to run, load, trust or whom to talk to. */
const dangerous =
  /^(?:PATH|IFS|ENV|BASH\w*|SHELL\w*|PS[0-4]|PROMPT_COMMAND|CDPATH|GLOBIGNORE|FCEDIT|FIGNORE|HOME|PWD|OLDPWD|TMPDIR|TEMP|TMP|MAIL\w*|HISTFILE|INPUTRC|POSIXLY_CORRECT|HOSTALIASES|RES_OPTIONS|LOCALDOMAIN|LOCPATH|NLSPATH|GCONV_PATH|TERMINFO\w*|TERMCAP|TZDIR|LS_COLORS|DISPLAY|XDG_\w+|DBUS_\w+|NOTIFY_SOCKET)$|^(?:LD_|DYLD_|MALLOC_|GLIBC_|GIT_|SSH_|SUDO_|PYTHON|PERL|RUBY|NODE_|NPM_|JAVA_|JDK_|_JAVA|LUA_|PHP|R_|GO|CARGO|RUST|MAVEN_|GRADLE_|KUBE|HELM|DOCKER_|BUILDAH|CONTAINERD_|AWS_|AZURE_|GOOGLE_|CLOUDSDK_|TF_|VAULT_|CONSUL_|NOMAD_|PG|MYSQL_|MARIADB_|REDIS|MONGO|CURL_|WGET|SSL_|OPENSSL|GNUPG|GPG|LESS|MORE|MAN|GROFF|GREP_|TAR_|GZIP|BZIP|XZ_|ZIP|UNZIP|ZSTD|RSYNC_|SYSTEMD_|MAKE|CC|CXX|CFLAGS|CPP|EDITOR|VISUAL|BROWSER|PAGER|SCREEN|TMUX|DEB|APT_|RPM_|YUM|PIP_|VIRTUAL_|ANSIBLE_|RIPGREP_|FZF_|BAT_|PSQL|GDB|VALGRIND|STRACE)|_PROXY$|_proxy$|(?:EDITOR|PAGER|PRELOAD|LIBRARY_PATH|_OPTS|_OPTIONS|_FLAGS|_RC|RCFILE|_HOOK|_COMMAND|_CONFIG|_ENDPOINT\w*|_URL|_HOST|_CREDENTIALS?)$/;

/** How an assignment reaches commands: for one command, for all later ones, or within the shell only (as far as seen). */
export type Reach = 'command' | 'exported' | 'shell';

/** Judges `name=value`. `text` is the value when it is literal. */
export function judgeAssignment(name: string, text: string | null, reach: Reach, scope: Scope, at: Span): void {
  if (text !== null && /\$\(|`/.test(text))
    report(scope, at, 'assignment.text', `keeps a text that runs when it is evaluated: ${name}`, 'destructive');
  if (harmless.test(name)) return;
  if (pagerNames.test(name) && text !== null && quietPagers.test(text)) return;
  if (text !== null && isOwnValue(name, text)) return;
  if (dangerous.test(name)) {
    report(scope, at, 'assignment.dangerous', `changes what programs run or trust: ${name}`, 'destructive');
    return;
  }
  const plain = /^[a-z_][a-z0-9_]*$/.test(name);
  if (reach !== 'shell' && !plain) {
    report(scope, at, 'assignment.unknown', `sets a variable that programs may obey: ${name}`, 'destructive');
  }
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
