import { describe, expect, it } from 'vitest';
import { environmentSecrets } from './environment-secrets.ts';

describe('environmentSecrets', () => {
  const environment = {
    TKSM_SECRET_DB_PASSWORD: 'hunter2',
    GITHUB_TOKEN: 'ghp',
    TKSM_SECRET_EMPTY: '',
    PATH: '/bin',
  };
  const secrets = environmentSecrets({ environment, declared: { github: 'GITHUB_TOKEN' } });

  it('finds a secret by the convention', async () => {
    expect(await secrets.resolve({ secretRef: 'db-password' })).toBe('hunter2');
  });

  it('finds a declared secret', async () => {
    expect(await secrets.resolve({ secretRef: 'github' })).toBe('ghp');
  });

  it.each(['nothing', 'empty', 'PATH', '__proto__', 'constructor', ''])('refuses %j', async (secretRef) => {
    await expect(secrets.resolve({ secretRef })).rejects.toMatchObject({ code: 'SecretMissing' });
  });

  it('names the variable to set', async () => {
    await expect(secrets.resolve({ secretRef: 'api.key' })).rejects.toMatchObject({
      data: { variable: 'TKSM_SECRET_API_KEY' },
    });
  });

  it('reads the environment of the process when it is used, not before', async () => {
    const late = environmentSecrets();
    process.env['TKSM_SECRET_LATE_TEST'] = 'now';
    expect(await late.resolve({ secretRef: 'late-test' })).toBe('now');
    delete process.env['TKSM_SECRET_LATE_TEST'];
    await expect(late.resolve({ secretRef: 'late-test' })).rejects.toMatchObject({ code: 'SecretMissing' });
  });
});
