/** The second shell parser: tree-sitter-bash, loaded from its two WebAssembly files. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Node, Parser, Query, Tree } from 'web-tree-sitter';
import type { Reparse, SeenCommand } from '../../core/risk/agreement.ts';

/** The names of commands, and the commands of which the grammar makes a kind of their own: their first token is the name. */
const firstWords = `
  (command name: (command_name) @word)
  (declaration_command) @whole
  (unset_command) @whole`;

/**
 * Steps of 100 parse operations after which a text is given up. The 500 commands that a verdict may have take about
 * 350, whatever the machine; a text made to be slow takes thousands.
 */
const mostSteps = 2_500;

/**
 * Loads the parser (about 20 ms; once per process).
 *
 * @param folder where `web-tree-sitter.wasm` and `tree-sitter-bash.wasm` lie: beside the bundle, or a `node_modules`
 *   folder, where each lies in its package's folder.
 * @throws if a file is missing or is not what this version of the library reads.
 */
export async function loadReparse(folder: URL | string): Promise<Reparse> {
  const { Language, Parser, Query } = await initialised(folder);
  const parser = new Parser();
  const language = await Language.load(await readWasm(folder, 'tree-sitter-bash'));
  parser.setLanguage(language);
  const query = new Query(language, firstWords);
  return (text) => {
    const tree = parseInSteps(parser, text);
    if (tree === null) return null;
    try {
      return tree.rootNode.hasError ? null : seenIn(tree, query, text);
    } finally {
      tree.delete();
    }
  };
}

type Library = typeof import('web-tree-sitter');
let library: Promise<Library> | null = null;

/**
 * The library keeps one WebAssembly module for the process, and two calls of its `init` at once each put theirs there:
 * what the first one made then points into the memory of the second.
 */
function initialised(folder: URL | string): Promise<Library> {
  library ??= initialise(folder).catch((error: unknown) => {
    library = null;
    throw error;
  });
  return library;
}

/** Its code is loaded here, so that whoever begins to load the parser waits for no part of it; in a bundle it lies in a file of its own. */
async function initialise(folder: URL | string): Promise<Library> {
  const wasmBinary = await readWasm(folder, 'web-tree-sitter');
  const loaded = createRequire(import.meta.url)('web-tree-sitter') as Library;
  await loaded.Parser.init({ wasmBinary });
  return loaded;
}

function parseInSteps(parser: Parser, text: string): Tree | null {
  let steps = 0;
  const tree = parser.parse(text, null, {
    progressCallback: () => {
      steps++;
      return steps > mostSteps;
    },
  });
  if (tree === null) parser.reset();
  return tree;
}

async function readWasm(folder: URL | string, name: string): Promise<Uint8Array> {
  const path = typeof folder === 'string' ? folder : fileURLToPath(folder);
  try {
    return await readFile(join(path, `${name}.wasm`));
  } catch {
    return await readFile(join(path, name, `${name}.wasm`));
  }
}

function seenIn(tree: Tree, query: Query, text: string): SeenCommand[] {
  return query.captures(tree.rootNode).map(({ name, node }) => {
    const word = name === 'whole' ? (node.child(0) ?? node) : node;
    const { startIndex: start, endIndex: end } = word;
    return text.slice(start, end) === 'time' ? (timed(node) ?? { start, end }) : { start, end };
  });
}

/** `time` is a keyword of the shell, but a command of this grammar: what it times is the command. */
function timed(name: Node): SeenCommand | null {
  const words = name.parent?.childrenForFieldName('argument') ?? [];
  const first = words.find((word) => word !== null && !word.text.startsWith('-'));
  return first ? { start: first.startIndex, end: first.endIndex } : null;
}
