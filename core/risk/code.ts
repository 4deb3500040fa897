/** Tells whether a Python one-liner only computes and prints: a small allow-list, everything else counts as acting. */

/** Modules without functions that reach files, processes or the network, as far as `harmlessNames` are used of them. */
const modules =
  /^(?:sys|json|math|time|datetime|re|collections|itertools|statistics|string|random|base64|hashlib|calendar|decimal|fractions|csv|textwrap|ipaddress|urllib\.parse|uuid|operator|functools|pprint|locale|platform)$/;

/** Names that reach beyond computing, in any module, and dunder names, by which everything can be reached. */
const reaching =
  /\b(?:open|exec|eval|compile|__\w+|globals|locals|vars|getattr|setattr|delattr|input|breakpoint|memoryview|import_module|modules|settrace|setprofile|_\w+|popen|system|spawn\w*|subprocess|os|shutil|socket|ctypes|pickle|marshal|codecs|io|builtins|importlib|runpy|code|pty|write\w*|path|meta_path|path_hooks|exit_funcs|displayhook|excepthook|breakpointhook|addaudithook|fdopen|file_digest|sleep_)\b/;

/** Whether the program imports or names anything outside the allow-list. Strings count too: nothing hides in them. */
export function codeActs(text: string): boolean {
  // The machine's own name is the only thing of `socket` that is asked for without acting.
  const program = text
    .replace(/\bsocket\.(?:gethostname|getfqdn)\(\)/g, '0')
    .replace(/\bimport socket(?=;)/, 'import sys');
  // 194 as an exit code reboots the host.
  if (/\b(?:exit|quit|SystemExit)\s*\(\s*[^)\s\d]*\d{3}/.test(program)) return true;
  if (/[`\\]|\bfrom\b.*\bimport\b\s*\*/.test(program) || reaching.test(program)) return true;
  for (const found of program.matchAll(/\b(?:import|from)\s+([^;\n]+)/g)) {
    const clause = found[1] ?? '';
    const names = found[0].startsWith('from') ? [clause.split(/\s+import\s+/)[0] ?? ''] : clause.split(',');
    if (!names.every((name) => modules.test(name.trim()))) return true;
  }
  return false;
}
