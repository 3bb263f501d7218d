const SECRET_NAME =
  /passw|passphrase|(?:secret|token|apikey|accesskey|privatekey|authorization|cookie|credential|signingkey)$|(?:secrets|cookies|credentials|apikeys)$|[a-z0-9](?<!^old)pwd$/;

/**
 * Whether what goes by this name should be taken for a secret: `password`, `apiKey`, `DB_PWD`, `x-auth-token` …, however
 * it is spelt. `secretRef`, `maxTokens` and `PWD` are not.
 */
export function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name.replaceAll(/[^A-Za-z0-9]/g, '').toLowerCase());
}
