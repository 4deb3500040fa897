/** Pieces that, repeated, make the most work for patterns: beginnings without an end, and every keyword there is. */
import { gitleaksForms } from '../../../core/secrets/generated/gitleaks.ts';

const pieces = [
  ...[
    'password',
    'password=',
    'password: ',
    'password:\n ',
    '"password":"',
    '\\"password\\":\\"',
    '<password>',
    'PWD=',
  ],
  ...['://a:', '://', 'a:b@', 'a:1b@c.', ':@', 'A', 'aA1', 'Aa1+', 'Aa1+/\n', 'deadbeef:', '00:', 'a:12:a:', '=a:'],
  ...['bearer ', 'authorization: ', 'Authorization: Basic ', 'eyJ', 'eyJa.', 'eyJhbGciOi.', 'token token ', 'key key '],
  ...['"secret": "', ' --token ', ' -u a:', 'mysql -p', 'mysql ', 'sshpass -p x ', '"value": "', '"sensitive": true,'],
  ...[
    'Cookie: a=',
    'a=b; ',
    '%3D',
    '%253D',
    '&quot;',
    '\\n',
    '\\"',
    '\\u0022',
    '[redacted: x]',
    '\ue000',
    '$6$',
    '{SSHA}',
  ],
  ...[
    '\n',
    '\n ',
    '"',
    "'",
    '`',
    '(',
    '{{',
    '$(',
    '/a',
    '/A1b2',
    '\0',
    ' ',
    '\t',
    'x.',
    '-',
    '_',
    '=',
    '|',
    'a|password|',
    ',',
  ],
  ...[
    'hooks.slack.com/services/',
    'echo a | sudo -S ',
    'identified by ',
    'password is ',
    'machine a login b password ',
  ],
  ...['YWJjOmRlZmdo', 'YWJjOmRlZmdo ', 'user,password\n', 'A1b2C3d4E5f6G7h8I9j0\n', 'gAAAAA', 'Private-Lines: 1\n'],
  ...['-----BEGIN ', '-----BEGIN X', '-----END '].map((start) => `${start}${'PRIVATE KEY'}-----`),
  ...['-----BEGIN ', '-----END '].map((start) => `${start}${'PRIVATE KEY'}-----\n`),
];

export function hostilePieces(): string[] {
  const keywords = gitleaksForms().flatMap((form) => form.keywords);
  return [...pieces, keywords.join(' '), keywords.join('='), ...keywords.filter((_, at) => at % 8 === 0)];
}
