/** Substitutions whose output is known in its form: words that start no option, whatever is on the machine. */
import type { ParsedScript, SyntaxNode, Word } from 'unbash';

type Command = Extract<SyntaxNode, { type: 'Command' }>;

/** How every word of such a substitution begins, as far as it is known: `pods/` of `kubectl get pods -o name`; else a letter. */
export function tamePrefix(script: ParsedScript | undefined): string {
  const kind = /^\s*(?:kubectl|oc)\b[^|;&\n]*? get ([a-z]+)\b[^|;&\n]*-o ?name\b/.exec(textOf(script))?.[1] ?? '';
  return dnsKinds.test(kind) ? `${kind}/0` : '0';
}

/** Whether the words are paths in which there may be spaces: what a link below the system's own folders names has none. */
export function namesPath(script: ParsedScript | undefined): 'here' | 'anywhere' | null {
  const text = textOf(script);
  if (/^pwd\b/.test(text)) return 'here';
  const own = /^(?:readlink|realpath)(?: -[fems]+)*(?: \/(?:etc|usr|var|lib|bin|sbin)\/[\w./-]+)+$/;
  return /^(?:readlink|realpath)\b/.test(text) && (!own.test(text) || text.includes('..')) ? 'anywhere' : null;
}

function textOf(script: ParsedScript | undefined): string {
  const [first] = script?.commands ?? [];
  const node = first?.type === 'Statement' ? first.command : first;
  const command = node?.type === 'Pipeline' ? node.commands[0] : node;
  return command?.type === 'Command' ? (wordsOf(command) ?? []).join(' ') : '';
}

/** Whether every word of `$(…)` is a number, an absolute path, or a name that its maker keeps from starting with a dash. */
export function isTameSubstitution(script: ParsedScript | undefined): boolean {
  const [statement, second] = script?.commands ?? [];
  if (second !== undefined || statement === undefined) return false;
  const node = statement.type === 'Statement' ? statement.command : statement;
  const commands = node.type === 'Pipeline' && node.prefixes.length === 0 ? node.commands : [node];
  const texts: (readonly string[])[] = [];
  for (const command of commands) {
    const words = command.type === 'Command' ? wordsOf(command) : null;
    if (words === null) return false;
    texts.push(words);
  }
  const last = texts.at(-1) ?? [];
  if (texts.length > 1 && counts(last)) return true;
  return tamePipeline(texts);
}

/** A command's words as texts, `…` for one that is open; null when it assigns or writes. */
function wordsOf(command: Command): readonly string[] | null {
  if (command.name === undefined || command.prefix.length > 0) return null;
  const words: string[] = [plain(command.name)];
  for (const part of command.suffix) {
    if (part.type === 'Word') words.push(plain(part));
    else if (part.type !== 'Redirect' || !/^(?:\d?>\s*\/dev\/null|2>&1|<\s*[\w./-]+)$/.test(redirectText(part)))
      return null;
  }
  return words;
}

function redirectText(part: Extract<SyntaxNode, { type: 'Redirect' }>): string {
  const descriptor = part.descriptor?.type === 'FileDescriptor' ? String(part.descriptor.value) : '';
  return `${descriptor}${part.operator}${part.target ? plain(part.target) : ''}`;
}

function plain(word: Word): string {
  const open = (word.parts ?? []).some((part) => {
    if (part.type === 'DoubleQuoted') return part.parts.some((child) => child.type !== 'Literal');
    return part.type !== 'Literal' && part.type !== 'SingleQuoted';
  });
  return open ? '…' : word.value;
}

/** The first command makes such words, and the rest only drops or orders lines, or picks a column. */
function tamePipeline(commands: readonly (readonly string[])[]): boolean {
  const [first = [], ...rest] = commands;
  const column = rest.findIndex((words) => pickedColumn(words) !== null);
  if (column >= 0) {
    const picked = pickedColumn(rest[column] ?? []);
    const lines = rest.slice(0, column).every(keepsLines) && rest.slice(column + 1).every(keepsLines);
    return lines && picked !== null && hasTameColumn(first, picked);
  }
  return rest.every(keepsLines) && makesTameWords(first);
}

/** Tools that print numbers, paths or names, by their words after the name. */
const makers: Readonly<Record<string, RegExp>> = {
  pidof: /^(?: (?:-[scxz]+|[\w.…/][\w.…/-]*))+$/,
  pgrep: /^(?: (?:-[ofnxcvi]+|-[uUgGPst] ?[\w.,…]+|[\w.…/^$][\w.…/^$-]*))+$/,
  lsof: /^(?: (?:-t|-ti|-[tnPi]+:?\w*|:\w+|[\w.…/:-]+))*$/,
  nproc: /^(?: --all)?$/,
  whoami: /^$/,
  hostname: /^(?: -[fsIidA])?$/,
  uname: /^(?: -[rsmnvpio])?$/,
  id: /^ -(?:[ugG]|[ug]n|un|gn)(?: [\w.…-]+)?$/,
  wc: /^ -[lcmw]$/,
  pwd: /^(?: -[LP])?$/,
  readlink: /^ -[fem](?: [\w.…/~-]+)+$/,
  realpath: /^(?: -[emsq])*(?: [\w.…/~]+)+$/,
  mktemp: /^(?: -[dqt])*$/,
  stat: /^ -[cL]+ ?%[sYZXWigua](?: [\w.…/~-]+)+$/,
  getconf: /^ [A-Z_]+$/,
  systemctl: /^ show(?: (?:--value|-p MainPID|--property=MainPID|--property MainPID|[\w.…@][\w.…@-]*))+$/,
  jps: /^(?: -q)$/,
};

function makesTameWords([name = '', ...words]: readonly string[]): boolean {
  const rest = words.map((word) => ` ${word}`).join('');
  if (name === 'date') return words.every((word) => !word.startsWith('-f')) && formatOf(words);
  if (name === 'docker' || name === 'podman')
    return /^ ps(?: -[anlq]+| -f [\w=.…-]+| --filter[ =][\w=.…-]+)*$/.test(rest) && /q/.test(rest);
  if (name === 'crictl') return /^ (?:ps|pods|images) -[aq]+(?: -[\w]+| [\w=.…-]+)*$/.test(rest) && / -a?q/.test(rest);
  if (name === 'kubectl' || name === 'oc') return namesObjects(words);
  if (name === 'systemctl')
    return (
      makers.systemctl?.test(rest) === true && / show\b/.test(rest) && / --value\b/.test(rest) && /MainPID/.test(rest)
    );
  if (name === 'lsof') return makers.lsof?.test(rest) === true && / -\w*t/.test(rest);
  if (name === 'ps')
    return (
      /^(?: (?:-[eA]|-[CpuU] [\w.,…-]+|h|-o (?:pid|ppid|pid=|ppid=|etimes=|rss=|vsz=|nlwp=)|--no-headers))+$/.test(
        rest,
      ) && / -o /.test(rest)
    );
  return Object.hasOwn(makers, name) && makers[name]?.test(rest) === true;
}

/** Every word that a format of date makes starts with a digit or a letter. `%z` may start with a dash. */
function formatOf(words: readonly string[]): boolean {
  const parts =
    words
      .find((word) => word.startsWith('+'))
      ?.slice(1)
      .split(/\s+/) ?? [];
  const starts = /^(?:%[aAbBcCdDeFgGhHIjklmMnNprRsSTuUVwWxXyY]|\w)[^…]*$/;
  return parts.length > 0 && parts.every((part) => starts.test(part) && !/%[-_0^#]*[tn]/.test(part));
}

/** Kinds whose names are DNS labels, which start with a letter or digit. `-o name` puts the kind before the name. */
const dnsKinds =
  /^(?:po|pods?|no|nodes?|ns|namespaces?|deploy|deployments?|sts|statefulsets?|ds|daemonsets?|rs|replicasets?|svc|services?|ep|endpoints|pvc|persistentvolumeclaims?|pv|persistentvolumes?|jobs?|cj|cronjobs?|ing|ingress(?:es)?|cm|configmaps?)$/;

function namesObjects(words: readonly string[]): boolean {
  if (!words.includes('get') || words.some((word) => /template|file|raw/.test(word))) return false;
  const text = words.map((word) => ` ${word}`).join('');
  if (/ (?:-o ?|--output[ =])name\b/.test(text)) return true;
  const kind = words[words.indexOf('get') + 1] ?? '';
  return (
    dnsKinds.test(kind) &&
    /^.* (?:-o ?|--output[ =])jsonpath=\{(?:\.items\[(?:\d+|\*|:\d+)\])?\.(?:metadata\.(?:name|namespace|uid)|spec\.nodeName|status\.(?:podIP|hostIP))\}(?: [^ ]+)*$/.test(
      text,
    )
  );
}

/** `awk '{print $2}'`, `awk '/x/ {print $1}'`, `cut -d' ' -f1`: the column, or null. */
function pickedColumn([name = '', ...words]: readonly string[]): number | null {
  if (!/^(?:g|m|n)?awk$/.test(name) || words.length !== 1) return null;
  const found = /^(?:NR ?(?:>|==|>=) ?\d+ ?|\/[\w .:[\]-]+\/ ?)?\{ ?print \$([1-9]) ?;? ?\}$/.exec(words[0] ?? '');
  return found ? Number(found[1]) : null;
}

/** Columns of lists that hold numbers or names which start with no dash. */
function hasTameColumn([name = '', ...words]: readonly string[], column: number): boolean {
  const rest = words.join(' ');
  if (makesTameWords([name, ...words])) return true;
  if (name === 'ps') return column === 2 && /^(?:-?aux(?:ww?)?|-e(?:f|fww?|lf)|-ef[ww]*|-aux)$/.test(rest);
  if (name === 'kubectl' || name === 'oc') {
    const kind = words[words.indexOf('get') + 1] ?? '';
    const wide =
      /^(?:get|-A|--all-namespaces|-n|--no-headers|-o|wide|[\w.…,-]+)(?: (?:get|-A|--all-namespaces|-n|--no-headers|-o|wide|-l|--selector=[^ ]+|[\w.…=,-]+))*$/;
    return dnsKinds.test(kind) && wide.test(rest) && column <= (/-A|--all-namespaces/.test(rest) ? 2 : 1);
  }
  if (name === 'docker' || name === 'podman') return column === 1 && /^ps(?: -a)?$/.test(rest);
  return false;
}

/** Filters that hand on whole lines of their input, fewer or in another order. */
function keepsLines([name = '', ...words]: readonly string[]): boolean {
  const rest = words.map((word) => ` ${word}`).join('');
  if (name === 'head' || name === 'tail') return /^(?: -(?:n ?)?\+?\d+| -n\d+)?$/.test(rest);
  if (name === 'sort') return /^(?: -[nrhuV]+)*$/.test(rest);
  if (name === 'uniq') return rest === '';
  if (/^[ef]?grep$/.test(name))
    return /^(?: -[vEFiw]+)*(?: [^- ][^/]*)$/.test(rest) && words.filter((word) => !word.startsWith('-')).length === 1;
  return false;
}

/** The last command of a pipeline that prints one number. */
function counts([name = '', ...words]: readonly string[]): boolean {
  if (name === 'wc') return /^-[lcmw]$/.test(words.join(' '));
  if (/^[ef]?grep$/.test(name))
    return (
      /^-\w*c\w*$/.test(words[0] ?? '') &&
      words.filter((word) => !word.startsWith('-')).length === 1 &&
      words.every((word) => !/^-\w*[ef]|^--/.test(word))
    );
  return false;
}
