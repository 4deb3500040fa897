/** The second shell parser: tree-sitter-bash, loaded from its two WebAssembly files. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Language, type Node, Parser } from 'web-tree-sitter';
import type { Reparse, SeenCommand } from '../../core/risk/agreement.ts';

/** Node kinds that start with a command's first word. */
const commandKinds = new Set(['command', 'declaration_command', 'unset_command']);

/**
 * Loads the parser (about 20 ms; once per process).
 *
 * @param folder where `web-tree-sitter.wasm` and `tree-sitter-bash.wasm` lie: beside the bundle, or a `node_modules`
 *   folder, where each lies in its package's folder.
 * @throws if a file is missing or is not what this version of the library reads.
 */
export async function loadReparse(folder: URL | string): Promise<Reparse> {
  await Parser.init({ wasmBinary: await readWasm(folder, 'web-tree-sitter') });
  const parser = new Parser();
  parser.setLanguage(await Language.load(await readWasm(folder, 'tree-sitter-bash')));
  return (text) => {
    const tree = parser.parse(text);
    if (tree === null) return null;
    try {
      return tree.rootNode.hasError ? null : seenIn(tree.rootNode);
    } finally {
      tree.delete();
    }
  };
}

async function readWasm(folder: URL | string, name: string): Promise<Uint8Array> {
  const path = typeof folder === 'string' ? folder : fileURLToPath(folder);
  try {
    return await readFile(join(path, `${name}.wasm`));
  } catch {
    return await readFile(join(path, name, `${name}.wasm`));
  }
}

function seenIn(root: Node): SeenCommand[] {
  return root.descendantsOfType([...commandKinds]).flatMap((node) => {
    const word = node.type === 'command' ? commandWord(node) : node.child(0);
    return word ? [{ start: word.startIndex, end: word.endIndex }] : [];
  });
}

/** `time` is a keyword of the shell, but a command of this grammar: what it times is the command. */
function commandWord(node: Node): Node | null {
  const name = node.childForFieldName('name');
  if (name?.text !== 'time') return name;
  return node.childrenForFieldName('argument').find((word) => word !== null && !word.text.startsWith('-')) ?? name;
}
