import { describe, expect, it } from 'vitest';
import { isSecretName } from './secret-names.ts';

describe('isSecretName', () => {
  it.each([
    ...[
      'password',
      'userPassword',
      'passwordHash',
      'PASSWD',
      'token',
      'accessToken',
      'GITHUB_TOKEN',
      'secret',
    ],
    ...[
      'clientSecret',
      'AWS_SECRET_ACCESS_KEY',
      'apiKey',
      'x-api-key',
      'Authorization',
      'proxy-authorization',
    ],
    ...['set-cookie', 'private_key', 'credentials', 'DB_PWD', 'passphrase'],
  ])('takes %s for a secret', (name) => {
    expect(isSecretName(name)).toBe(true);
  });

  it.each([
    'secretRef',
    'maxTokens',
    'PWD',
    'OLDPWD',
    'key',
    'tokenCount',
    'author',
    'authority',
    'path',
    '',
  ])('does not take %s for one', (name) => {
    expect(isSecretName(name)).toBe(false);
  });
});
