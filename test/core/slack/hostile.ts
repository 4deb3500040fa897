/** Texts as an attacker, a broken tool or another alphabet would write them. */
import fc from 'fast-check';

const payloads = [
  '<!channel> <!here> <@U0ANA> <#C1>',
  '<https://evil.test|Approve>',
  '*bold* _it_ ~no~ `code` ```pre``` :tada: > quote',
  '</pre><script>alert(1)</script>',
  'echo hello [x $(rm -rf /)]',
  '\u202Egpj.exe\u202C \u200B\uFEFF\u2066x',
  '\u0000\u001b[2J\u001b]0;x\u0007',
  '\uD800 lone \uDC00',
  '&amp; &lt;b&gt; &&&',
  'Größe 日本語 🚀 👩‍👩‍👧',
  '{{ssm:secret}} $HOME %0A \\n \\u202e',
  '\r\n\r\n\n\n   \t',
  '"quoted" \'single\' \\back\\',
];

/** Short and long hostile texts, up to some 40,000 characters. */
export const hostileText = fc.oneof(
  fc.constantFrom('', ' ', ...payloads),
  fc.string({ unit: 'binary', maxLength: 400 }),
  fc.array(fc.constantFrom(...payloads), { maxLength: 5 }).map((pieces) => pieces.join('\n')),
  fc
    .tuple(fc.constantFrom(...payloads, 'x', '&', '"', '日', '🚀', '\n'), fc.nat(3000))
    .map(([text, times]) => text.repeat(times).slice(0, 40_000)),
);

/** A person whose name and id may be anything. */
export const hostilePerson = fc.record({
  slackId: fc.option(fc.oneof(fc.constant('U0ANA'), hostileText)),
  name: fc.option(hostileText),
});
export const hostileOutputs = fc.array(fc.record({ host: hostileText, text: hostileText }), { maxLength: 6 });
