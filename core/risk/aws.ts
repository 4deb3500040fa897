/** Arguments of the aws CLI that decide more than the operation's name: files, statements, queries, copies. */
import type { Call } from './table.ts';

/** `file://` sends a local file, and a web address as a value is fetched by the first version of the CLI. */
export function judgeValues(call: Call): void {
  for (const word of call.words) {
    const file = /^(?:--[\w-]+=)?fileb?:\/\/(.*)$/s.exec(word.text);
    if (file !== null)
      call.use({ ...word, text: file[1] ?? '', values: word.literal ? [file[1] ?? ''] : null }, 'reads');
    else if (
      /^https?:\/\/(?![\w.-]+\.amazonaws\.com(?:\.cn)?(?:[:/]|$))/.test(word.text) &&
      !isEndpoint(call, word.text)
    )
      call.use(word, 'url');
  }
}

/** The endpoint has an effect of its own. */
function isEndpoint(call: Call, text: string): boolean {
  return call.options.some((option) => option.known?.effect?.value === 'url' && option.value?.text === text);
}

/** The value of an option of the operation's own, which the table does not list. */
function givenValue(call: Call, name: string): string | null {
  const index = call.words.findIndex((word) => word.text === name || word.text.startsWith(`${name}=`));
  const word = call.words[index];
  if (word === undefined) return null;
  const value = word.text === name ? call.words[index + 1] : { ...word, text: word.text.slice(name.length + 1) };
  return value?.literal ? value.text : null;
}

export function judgeStatement(call: Call): void {
  judgeValues(call);
  const text = givenValue(call, '--statement') ?? givenValue(call, '--query-string') ?? '';
  if (!/^\s*(?:select|show|describe|explain|with)\b(?!.*\b(?:insert|delete|update|drop|into)\b)/is.test(text)) {
    call.raise('statement', 'runs a statement that may change or delete data', 'destructive');
  }
}

/** Only a query that names plain fields, none of which holds the environment or the code's address, keeps them out. */
export function judgeEnvironment(call: Call): void {
  judgeValues(call);
  const query = givenValue(call, '--query');
  const last = /(?:^|\.)(?:(\w+)|\[([\w, ]+)\]|\{([\w:, ]+)\})$/.exec(query ?? '');
  const fields = (last?.[1] ?? last?.[2] ?? last?.[3] ?? '').split(/\W+/);
  const tells =
    last === null ||
    fields.some((field) =>
      /^(?:environment\w*|env|variables|code|configuration|functions|versions|taskDefinition|\w*Definitions?|jobs?|builds|projects?|services?|apps?|branch(?:es)?|container\w*|\w*Template\w*|launchConfigurations|userData|\w*Arguments|secrets|overrides|vpnConnections|customerGatewayConfiguration|virtualInterfaces|customerRouterConfig|routerConfig|authKey|bgpPeers|hyperParameters|onCreate|onStart|content)$/i.test(
        field,
      ),
    );
  if (tells) call.raise('environment', 'shows environment variables or code', 'read_only', 'sensitive_read');
}

export function judgeUserData(call: Call): void {
  judgeValues(call);
  const attribute = givenValue(call, '--attribute');
  if (attribute === null || /user/i.test(attribute))
    call.raise('user-data', 'shows the script that an instance starts with', 'read_only', 'sensitive_read');
}

/** To `-` it only shows; into a folder it overwrites; into a bucket it overwrites and sends. */
export function judgeCopy(call: Call): void {
  const paths = call.words.filter(
    (word, index) => !word.text.startsWith('-') && !takesValue(call.words[index - 1]?.text),
  );
  const [from, to] = paths;
  for (const word of call.words)
    if (!word.literal) call.raise('open', `copies what is not named here: ${word.text}`, 'destructive');
  if (call.rule.endsWith('mv')) call.raise('move', 'removes what it has copied', 'destructive');
  if (call.words.some((word) => word.text === '--delete'))
    call.raise('delete', 'deletes what the source lacks', 'destructive');
  if (from !== undefined && !from.text.startsWith('s3://')) call.use(from, 'tree');
  if (to?.text.startsWith('s3://'))
    call.raise('upload', 'may overwrite in S3, and sends files there', 'destructive', 'egress');
  else if (to !== undefined) {
    if (/^\/dev\/(?:stdout|stderr|tty|fd\/)|^\/proc\/self\/fd\//.test(to.text))
      call.raise('content', 'shows a file', 'read_only', 'sensitive_read');
    call.use(to, 'overwrites');
  } else if (call.words.some((word) => word.text === '-'))
    call.raise('content', 'shows a file', 'read_only', 'sensitive_read');
  else call.raise('open', 'copies to a place that is not named here', 'destructive');
}

function takesValue(word: string | undefined): boolean {
  return /^--(?:exclude|include|acl|sse|sse-c|sse-kms-key-id|storage-class|grants|content-[\w-]+|cache-control|expires|source-region|expected-size|metadata|metadata-directive|region|profile|output|query|color|endpoint-url)$/.test(
    word ?? '',
  );
}
