import { describe, expect, it } from 'vitest';
import { isKernelError } from '@tksm/abstractions';
import type { Configuration } from './configuration.ts';
import { originText } from './configuration.ts';
import { loadConfiguration } from './load-configuration.ts';
import type { ConfigurationSources } from './load-configuration.ts';

interface Given extends Partial<Omit<ConfigurationSources, 'readFile'>> {
  readonly files?: Readonly<Record<string, unknown>>;
}

const PROJECT = '/project/tksm.config.json';
const USER = '/home/me/.config/tksm/config.json';

async function load({ files = {}, ...given }: Given = {}): Promise<Configuration> {
  const readFile = async (path: string): Promise<string | undefined> => {
    const content = files[path];
    return typeof content === 'string' || content === undefined ? content : JSON.stringify(content);
  };
  return loadConfiguration({ env: {}, cwd: '/project/sub/deep', home: '/home/me', readFile, ...given });
}

async function failure(given: Given): Promise<readonly [code: string, message: string, data: unknown]> {
  try {
    await load(given);
  } catch (error) {
    if (isKernelError(error)) return [error.code, error.message, error.data];
    throw error;
  }
  throw new Error('did not fail');
}

describe('loadConfiguration', () => {
  it('has defaults, beside the project file when there is one', async () => {
    const { settings, files } = await load();
    expect(settings.dataDir).toEqual({ value: '/project/sub/deep/.tksm', origin: { layer: 'default' } });
    expect(settings.concurrency.value).toBe(100);
    expect(files).toEqual([]);
    const { places } = await load();
    expect(places).toEqual([
      ...['/project/sub/deep', '/project/sub', '/project', ''].map((folder) => `${folder}/tksm.config.json`),
      USER,
    ]);
    expect((await load({ files: { [PROJECT]: {} } })).settings.dataDir.value).toBe('/project/.tksm');
  });

  it('takes each value from the strongest layer that has it, and says which', async () => {
    const { settings, files } = await load({
      flags: { concurrency: '1' },
      env: { TKSM_CONCURRENCY: '2' },
      files: {
        [PROJECT]: { concurrency: 3, logLevel: 'debug' },
        [USER]: { concurrency: 4, logLevel: 'error', drainGraceMs: 7 },
      },
    });
    const found = Object.entries(settings).map(([name, { value, origin }]) => [
      name,
      value,
      originText(origin),
    ]);
    expect(found).toEqual([
      ['dataDir', '/project/.tksm', 'default'],
      ['concurrency', 1, '--concurrency'],
      ['labels', '', 'default'],
      ['logLevel', 'debug', PROJECT],
      ['drainGraceMs', 7, USER],
      ['snapshotEveryEvents', 250_000, 'default'],
      ['retentionKeep', 10_000, 'default'],
      ['retentionKeepMs', 600_000, 'default'],
      ['retentionKeepAtMost', 50_000, 'default'],
      ['retentionWindowMs', 604_800_000, 'default'],
      ['retentionWindowIds', 1_000_000, 'default'],
      ['eventLeaves', false, 'default'],
      ['families', '', 'default'],
      ['trustPolicy', '', 'default'],
    ]);
    expect(files).toEqual([PROJECT, USER]);
  });

  it.each([
    ['flag', { flags: { dataDir: 'data' } }, '/project/sub/deep/data'],
    ['variable', { env: { TKSM_DATA_DIR: '../data' } }, '/project/sub/data'],
    ['project file', { files: { [PROJECT]: { dataDir: 'data' } } }, '/project/data'],
    ['user file', { files: { [USER]: { dataDir: '../data' } } }, '/home/me/.config/data'],
    ['absolute path', { flags: { dataDir: '/data' } }, '/data'],
  ])('resolves the data folder of a %s from where it is written', async (_what, given, expected) => {
    expect((await load(given)).settings.dataDir.value).toBe(expected);
  });

  it('takes the nearest project file alone', async () => {
    const near = '/project/sub/tksm.config.json';
    const { settings } = await load({
      files: { [PROJECT]: { concurrency: 5 }, [near]: { drainGraceMs: 6 } },
    });
    expect([settings.concurrency.value, settings.drainGraceMs.value]).toEqual([100, 6]);
  });

  it('looks for the user file where XDG says', async () => {
    const files = { '/xdg/tksm/config.json': { concurrency: 5 }, [USER]: { concurrency: 6 } };
    expect((await load({ env: { XDG_CONFIG_HOME: '/xdg' }, files })).settings.concurrency.value).toBe(5);
    expect((await load({ env: { XDG_CONFIG_HOME: 'xdg' }, files })).settings.concurrency.value).toBe(6);
  });

  it('merges declared keys and variables by name', async () => {
    const { environment, vars } = await load({
      flags: { environment: ['HOME', 'who=USER'] },
      env: { TKSM_ENVIRONMENT: 'who=LOGNAME, LANG' },
      files: {
        [PROJECT]: { environment: ['TZ'], vars: { greeting: { text: 'hi' } } },
        [USER]: { vars: { greeting: 'hello', size: 1 } },
      },
    });
    const keys = [...environment].map(([variable, { value, origin }]) => [
      variable,
      value,
      originText(origin),
    ]);
    expect(keys.sort()).toEqual([
      ['env.HOME', 'HOME', '--env'],
      ['env.LANG', 'LANG', 'TKSM_ENVIRONMENT'],
      ['env.TZ', 'TZ', PROJECT],
      ['who', 'USER', '--env'],
    ]);
    expect(vars.get('greeting')).toEqual({
      value: { text: 'hi' },
      origin: { layer: 'project', file: PROJECT },
    });
    expect(vars.get('size')?.value).toBe(1);
  });

  it('reads no variable but its own', async () => {
    const read = new Set<PropertyKey>();
    const env = new Proxy({}, { get: (_target, key) => void read.add(key) });
    await load({ env, files: { [PROJECT]: { environment: ['HOME'] } } });
    expect([...read].map(String).filter((key) => !key.startsWith('TKSM_'))).toEqual(['XDG_CONFIG_HOME']);
  });

  it('takes an empty variable for none', async () => {
    expect((await load({ env: { TKSM_CONCURRENCY: '' } })).settings.concurrency.origin.layer).toBe('default');
  });

  it.each<[string, Given, string, string]>([
    ['a flag', { flags: { concurrency: 'many' } }, '--concurrency', 'concurrency'],
    ['a flag out of range', { flags: { concurrency: '0' } }, '--concurrency', 'concurrency'],
    ['an empty folder', { flags: { dataDir: '' } }, '--data', 'dataDir'],
    ['a variable', { env: { TKSM_LOG_LEVEL: 'loud' } }, 'TKSM_LOG_LEVEL', 'logLevel'],
    ['a declared key', { env: { TKSM_ENVIRONMENT: 'A-B' } }, 'TKSM_ENVIRONMENT', 'environment'],
    ['a secret as a key', { flags: { environment: ['API_KEY'] } }, '--env', 'environment'],
    ['a type in a file', { files: { [PROJECT]: { concurrency: '3' } } }, PROJECT, 'concurrency'],
    ['a fraction', { files: { [USER]: { drainGraceMs: 1.5 } } }, USER, 'drainGraceMs'],
    ['an unknown field', { files: { [USER]: { concurency: 3 } } }, USER, ''],
    ['a file that is a list', { files: { [PROJECT]: [] } }, PROJECT, ''],
    ['a file that is no JSON', { files: { [PROJECT]: '{"a":' } }, PROJECT, ''],
    ['a file key', { files: { [PROJECT]: { environment: ['A B'] } } }, PROJECT, 'environment'],
    ['a lone surrogate', { files: { [PROJECT]: '{"vars":{"a":"\\ud800"}}' } }, PROJECT, 'vars.a'],
    ['a __proto__ key', { files: { [PROJECT]: '{"vars":{"a":{"__proto__":1}}}' } }, PROJECT, 'vars.a'],
  ])('refuses %s and says where', async (_what, given, source, field) => {
    const [code, message, data] = await failure(given);
    expect(code).toBe('InvalidInput');
    expect(message).toContain(source);
    expect(data).toEqual({ source, field });
  });

  it('names the unknown field', async () => {
    expect((await failure({ files: { [USER]: { concurency: 3 } } }))[1]).toContain('concurency');
  });
});
