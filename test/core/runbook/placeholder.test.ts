/** Where a placeholder may stand, and where a value could mean more than one word. */
import { describe, expect, test } from 'vitest';
import { messageOf } from './example.ts';

const dollar = '$';

describe('placeholders', () => {
  test.each<[string, string, RegExp]>([
    [
      'undeclared',
      'qctl list {{ topic }}',
      /^q.md:36:\d+: {{ topic }} is not declared; declared: queue, days; add topic under parameters, or, where the braces are meant literally, split them/,
    ],
    ['undeclared and quoted', "docker ps --format '{{Names}}'", /{{ Names }} is not declared/],
    ['in single quotes', "qctl list '{{ queue }}'", /^q.md:36:\d+: {{ queue }} stands inside quotes/],
    ['in double quotes', 'qctl list "{{ queue }}"', /stands inside quotes/],
    ['in double quotes with spaces', 'qctl list "a {{ queue }} b"', /stands inside quotes/],
    ['after a quoted part', 'qctl list "$HOME"/{{ queue }}', /follows "\\"\$HOME\\"\/" in one word/],
    ['before the end of its word', 'qctl list {{ queue }}.fifo', /before the end of its word/],
    ['twice in one word', 'qctl list {{ queue }}{{ days }}', /before the end of its word/],
    ['after a dollar', `qctl list ${dollar}{{ queue }}`, /{{ queue }}/],
    ['after a backslash', 'qctl list \\{{ queue }}', /cannot parse/],
    ['after a glob', 'qctl list *{{ queue }}', /follows "\*" in one word/],
    ['after a tilde', 'qctl list ~{{ queue }}', /follows "~" in one word/],
    ['after a brace', 'qctl list {a,{{ queue }}', /{{ queue }}/],
    [
      'in a here-document',
      'cat <<END\n   {{ queue }}\n   END',
      /^q.md:37:\d+: {{ queue }} stands inside quotes, backquotes, a here-document/,
    ],
    ["as a here-document's delimiter", 'cat <<{{ queue }}\n   x\n   x', /{{ queue }}/],
    ['in a comment', 'true # {{ queue }}', /a comment/],
    ['in arithmetic', 'echo $(( {{ days }} + 1 ))', /arithmetic/],
    ['in an expansion', `echo ${dollar}{x:-{{ queue }}}`, /{{ queue }}/],
    ['in a quoted expansion', `echo "${dollar}{x:-{{ queue }}}"`, /{{ queue }}/],
    ['in backquotes', 'echo `ls {{ queue }}`', /{{ queue }}/],
    ['as the command', '{{ queue }} list', /would choose the command/],
    ['as the end of the command', '/opt/{{ queue }} list', /would choose the command/],
    [
      'as code for a shell',
      'sh -c {{ queue }}',
      /would be read as code by the command before it; pass it as an argument: sh -c/,
    ],
    ['as code for eval', 'eval ls {{ queue }}', /would be read as code/],
    ['as code for another host', 'ssh db-1 ls {{ queue }}', /would be read as code/],
    ['as code for python', 'python3 -c {{ queue }}', /would be read as code/],
  ])('%s is refused', (_what, script, message) => {
    expect(messageOf('qctl list {{ queue }}', script)).toMatch(message);
  });

  test.each([
    'qctl list {{queue}}',
    'qctl list --queue={{ queue }} > /tmp/{{ queue }}',
    'Q={{ queue }}; qctl list "$Q"',
    'export Q={{ queue }}',
    'for q in {{ queue }} other; do qctl list "$q"; done',
    'if [ -d /var/{{ queue }} ]; then true; fi',
    '[[ -d /var/{{ queue }} ]] && true',
    'case {{ queue }} in orders) qctl list {{ queue }} ;; esac',
    'echo "$(qctl list {{ queue }})"',
    `sh -c 'ls "$1"' sh {{ queue }}`,
    'qctl list {{ queue }}; qctl list {{ queue }} | grep -c {{ queue }}',
    '( qctl list {{ queue }} ) && { qctl list {{ queue }}; }',
    "jq '{{.a}} {{ range }}x' {{ queue }}".replace('{{ range }}', '{{ range . }}'),
  ])('%s is accepted', (script) => {
    expect(messageOf('qctl list {{ queue }}', script)).toBe('accepted');
  });
});
