/** Names of tables, collections and keys under which stores keep people, their log-ins, or keys. */

const kinds =
  '(?:app_?|auth_?|oauth_?)?(?:users?|accounts?|customers?|members?|sess(?:ions?)?|tokens?|credentials?|secrets?|passwords?|passwd|api_?keys?|otps?|identities|patients?|payments?|credit_?cards?)';

/** A word of a longer name, such as `session` in `session:1`. */
export const personal = new RegExp(
  `(?:^|[^a-z])${kinds}(?:[^a-z]|$)|(?:auth|access|refresh|api)_?(?:token|key)|jwt`,
  'i',
);

/** A whole name. */
export const personalName = new RegExp(`^${kinds}$`, 'i');
