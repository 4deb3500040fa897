/** Two parsers must see the same commands before a script may be called a read: one parser's mistake is not enough. */
import { forEachChild, type SyntaxNode } from 'unbash';

/** Where a parser sees a simple command's first word: UTF-16 offsets into the script. */
export interface SeenCommand {
  readonly start: number;
  readonly end: number;
}

/** A second parser's view of a script: the simple commands in any order, or null if it finds an error. May throw. */
export type Reparse = (text: string) => readonly SeenCommand[] | null;

/** Why the second parser does not confirm the first one's tree, or null if it does. Absent or throwing is a disagreement. */
export function disagreement(tree: SyntaxNode, text: string, reparse: Reparse | undefined): string | null {
  if (reparse === undefined) return 'no second parser confirms the syntax';
  let seen: readonly SeenCommand[] | null;
  try {
    seen = reparse(text);
  } catch {
    return 'the second parser failed';
  }
  if (seen === null) return 'the second parser finds a syntax error';
  const ours = commandsOf(tree).map(place).sort().join(' ');
  return ours === seen.map(place).sort().join(' ') ? null : 'two parsers see different commands';
}

function place(command: SeenCommand): string {
  return `${command.start}-${command.end}`;
}

/** Commands written in escaped backticks have positions of their own; the classifier does not read such scripts. */
function commandsOf(node: SyntaxNode): SeenCommand[] {
  const found: SeenCommand[] = [];
  if (node.type === 'Command' && node.name && !['[', '[['].includes(node.name.text)) {
    found.push({ start: node.name.pos, end: node.name.end });
  }
  forEachChild(node, (child) => {
    found.push(...commandsOf(child));
  });
  return found;
}
