/** Tells whether a mongosh text only reads: calls by an allow-list over its tokens, no assignments, no computed calls. */

import { personalName } from './personal.ts';

const words = (text: string) => new Set(text.trim().split(/\s+/));

/** Methods and functions that only read or print, on databases, collections, cursors, replica sets and shards. */
const reading = words(`
  serverStatus serverBuildInfo version hostInfo stats currentOp getCollectionNames getCollectionInfos getCollection getSiblingDB getName
  getMongo getDBNames getDBs listCommands getProfilingStatus getProfilingLevel getReplicationInfo printReplicationInfo
  printSecondaryReplicationInfo printSlaveReplicationInfo printCollectionStats serverCmdLineOpts isMaster hello getLastError
  status conf config isdbgrid printShardingStatus getBalancerState isBalancerRunning getShardDistribution getShardVersion
  find findOne countDocuments estimatedDocumentCount count distinct aggregate explain getIndexes getIndexKeys indexStats
  dataSize storageSize totalSize totalIndexSize latencyStats isCapped getPlanCache list
  limit skip sort project projection pretty toArray batchSize hint maxTimeMS readPref readConcern comment count size hasNext next
  itcount objsLeftInBatch collation allowDiskUse getParameter adminCommand runCommand
  printjson printjsonOneLine print tojson JSON.stringify JSON.parse stringify Object.keys keys length
  ObjectId ISODate NumberLong NumberInt NumberDecimal toString valueOf
  getSecondaryOk setSecondaryOk setReadPref secondaryOk slaveOk oldSecondaryOk printShardingStatus`);

/** Commands of `runCommand` and `adminCommand` that only read. */
const readingCommands = words(`
  ping serverStatus replSetGetStatus replSetGetConfig currentOp hello isMaster ismaster dbStats dbstats collStats collstats
  getParameter listDatabases listCollections listIndexes buildInfo buildinfo connPoolStats top getLog hostInfo getCmdLineOpts
  features connectionStatus whatsmyuri dbHash count distinct find dataSize balancerStatus listShards lockInfo
  getShardMap shardingState availableQueryOptions`);

/** Operators within documents that run code or write. */
const acting = /^\$(?:where|function|accumulator|out|merge|eval)$/;

const refused = words(
  'function new require process this eval load import export constructor prototype __proto__ globalThis global module await async while for do with class delete typeof Function Reflect Proxy quit exit sleep run passwordPrompt shellHelper shellPrint cat',
);

/** Null when it only reads; otherwise what is wrong. */
export function mongoDoubt(text: string): string | null {
  const helper = /^\s*show (?:dbs|databases|collections|tables|profile|log(?: \w+|s)?)\s*;?\s*$/.test(text);
  if (helper) return null;
  const tokens = tokensOf(text);
  if (tokens === null) return 'has text that is not read';
  for (const [index, token] of tokens.entries()) {
    const next = tokens[index + 1] ?? '';
    const string = /^["']/.test(token);
    const name = string ? token.slice(1, -1) : token;
    if (acting.test(name)) return `runs code or writes: ${name}`;
    if (string) continue;
    if (/^[=`]|^=>|^\+\+|^--/.test(token)) return 'assigns';
    if (refused.has(token)) return `is more than a query: ${token}`;
    if (next === '(' && /^[\])"']/.test(token)) return 'calls what is computed';
    if (next === '(' && /^[A-Za-z_$]/.test(token)) {
      if (!reading.has(token)) return `calls ${token}()`;
      if (/^(?:runCommand|adminCommand)$/.test(token) && !readingCommands.has(commandName(tokens, index + 2)))
        return `runs the command ${commandName(tokens, index + 2)}`;
    }
  }
  return tokens.length === 0 ? 'is empty' : null;
}

/** Whether it reads users with their password hashes: `system.users`, `system.keys`, by whatever way it is named. */
export function mongoShowsSecrets(text: string): boolean {
  return (
    rowsOfPeople(text) ||
    /system\s*(?:\.|['"]\s*\]\s*\[?\s*['"]?)\s*['"]?\s*(?:users|keys|new_users|roles)\b|usersInfo|showCredentials/.test(
      text,
    )
  );
}

/** `db.users.find()`, `db.getCollection("sessions").findOne()`: whole documents of people. */
function rowsOfPeople(text: string): boolean {
  const reads =
    /(?:\bdb\s*\.\s*|getCollection\(\s*["'])(\w+)(?:["']\s*\))?\s*\.\s*(?:find|findOne|aggregate|distinct)\b/g;
  return [...text.matchAll(reads)].some(([, name = '']) => personalName.test(name));
}

/** `runCommand({ping: 1})`, `runCommand("ping")`. */
function commandName(tokens: readonly string[], at: number): string {
  const first = tokens[at] === '{' ? tokens[at + 1] : tokens[at];
  return (first ?? '').replace(/^["']|["']$/g, '');
}

function tokensOf(text: string): string[] | null {
  const tokens: string[] = [];
  const form =
    /\s+|(?:[A-Za-z_$][\w$]*|\d[\w.]*|"[^"\\\n]*"|'[^'\\\n]*'|=>|[=!<>]==?|[<>!]=|&&|\|\||[{}()[\].,:;+\-*<>!?]|=)/y;
  while (form.lastIndex < text.length) {
    const from = form.lastIndex;
    const found = form.exec(text);
    if (found === null || found.index !== from || found[0] === '') return null;
    if (found[0].trim() !== '') tokens.push(/^(?:[=!]==?|[<>]=)$/.test(found[0]) ? 'compares' : found[0]);
  }
  return tokens;
}
